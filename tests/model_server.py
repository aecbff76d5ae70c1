"""A model service on this machine that answers like OpenAI's chat completions after a fixed time.

    python tests/model_server.py PORT [--latency 0.3] [--turns 13] [--trouble] [--wait 1] [--garbage 0.1]

It plays all parts, by what it is asked, recognised by the JSON schema: a doctor, who concludes in its turn
number `--turns`, a judge, and, without a schema, a patient. Answers depend on the request alone. With
`--trouble` 20% of requests get status 500, 20% status 429 with Retry-After (`--wait` seconds), 5% an answer
that breaks off, 5% one that is no JSON. GET /calls tells how often it answered well, how often each trouble
was made, and how often each patient was asked, by a hash of its system prompt. A judge gives no JSON for a
share `--garbage` of what it is asked, always the same (see `is_garbage`). Ends with its standard input.
"""

import argparse
import asyncio
import hashlib
import json
import os
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import urlopen

QUESTIONS = ("When did it begin?", "Where is it?", "What does it feel like?", "What makes it worse?")
ANSWERS = (
    "It began {n} hours ago.",
    "It is here, in the middle. About {n} out of 10.",
    "I don't know, maybe {n}.",
)
DIAGNOSES = ["Pneumonia", "Bronchitis", "Pulmonary embolism", "Heart failure", "Asthma"]
READ = {
    "RecordItems": {
        "alcohol": [],
        "sexual_history": [],
        "exercise": [],
        "children": [],
        "living_situation": [],
        "medical_device": [],
        "tobacco": ["Quit years ago"],
        "illicit_drug": ["None"],
        "occupation": ["Worked at ___"],
        "allergies": ["Penicillin (rash)"],
        "family_medical_history": ["Father: stroke"],
        "medical_history": ["Hypertension", "Operation at ___ in ___"],
        "present_illness_positive": ["onset: two hours ago", "crushing chest pain", "came from ___"],
        "present_illness_negative": ["no fever"],
    },
    "Fit": {"reason": "It is typical.", "score": 4},
    "Imputation": {
        "items": [
            {"item": "alcohol", "value": "A beer on weekends"},
            {"item": "exercise", "value": "Walks near ___"},
            {"item": "occupation", "value": "Baker"},
            {"item": "diagnosis", "value": "Something else"},
        ]
    },
}
"""What it reads in every discharge note, by the form; blanks of the de-identification among it."""
TROUBLES = (("status 500", 0.2), ("status 429", 0.2), ("cut", 0.05), ("malformed", 0.05))


class Server:
    """`calls` counts what was done, by name; `patients` answers, by the hash of the system prompt."""

    def __init__(self, latency: float, turns: int, trouble: bool, wait: float, garbage: float):
        self.latency, self.turns, self.trouble, self.wait = latency, turns, trouble, wait
        self.garbage = garbage
        self.calls: Counter[str] = Counter(answered=0)
        self.patients: Counter[str] = Counter()
        self._chance = random.Random(1)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, kept open for many requests."""
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).decode():
                fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
                body = await reader.readexactly(int(fields.get("content-length", 0)))
                if head.startswith("GET /calls"):
                    writer.write(_response(200, {**self.calls, "patients": self.patients}))
                elif not await self._answer(json.loads(body), writer):
                    break
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, request: dict, writer: asyncio.StreamWriter) -> bool:
        """Answers, or makes trouble; whether the connection stays."""
        await asyncio.sleep(self.latency)
        done = self._trouble()
        self.calls[done] += 1
        if done == "status 500":
            writer.write(_response(500, {"error": {"message": "broken", "type": "server_error"}}))
        elif done == "status 429":
            limited = {"error": {"message": "Rate limit reached", "code": "rate_limit_exceeded"}}
            writer.write(_response(429, limited, f"Retry-After: {self.wait:g}\r\n"))
        elif done == "malformed":
            writer.write(_response(200, "<html>no answer</html>"))
        else:
            whole = _response(200, _completion(self._text(request)))
            writer.write(whole if done == "answered" else whole[: len(whole) * 2 // 3])
        return done != "cut"

    def _trouble(self) -> str:
        if self.trouble:
            point = self._chance.random()
            for name, share in TROUBLES:
                if (point := point - share) < 0:
                    return name
        return "answered"

    def _text(self, request: dict) -> str:
        messages = request["messages"]
        number = int(hashlib.sha256(json.dumps(messages).encode()).hexdigest(), 16)
        spoken = sum(message["role"] == "assistant" for message in messages)
        if "response_format" not in request:
            self.patients[digest(messages[0]["content"])] += 1
            return ANSWERS[number % len(ANSWERS)].format(n=number % 9 + 1)
        form = request["response_format"]["json_schema"]["name"]
        if form != "Said":
            question = messages[1]["content"]
            self.calls[form] += 1
            return (
                "I'd rather not."
                if is_garbage(question, self.garbage)
                else json.dumps(_judged(form, question))
            )
        last = spoken + 1 >= self.turns
        return json.dumps(
            {
                "say": "Thank you." if last else f"{QUESTIONS[number % len(QUESTIONS)]} ({spoken + 1})",
                "differential": DIAGNOSES if last else [],
            }
        )


def is_garbage(question: str, share: float) -> bool:
    """Whether a judge's answer to a question is no JSON, however often it is asked."""
    return int(digest(question), 16) / 16**16 < share


def _judged(form: str, question: str) -> dict:
    """A judge's answer of a form; scores depend on the question alone."""
    number = int(digest(question), 16)
    lines = re.findall(r"^(\d+)\. ", question.partition("\nDoctor: ")[2], re.MULTILINE)
    if form == "Score":
        return {"reason": "See turn 1.", "quote": "", "score": number % 4 + 1}
    if form == "Match":
        return {"reason": "It is there.", "match": number % 5 + 1}
    if form == "KindsOf":
        kinds = [{"number": int(one), "kind": "information", "items": ["pain"]} for one in lines]
        return {"sentences": kinds}
    if form == "RelationsAll":
        relation = {
            "relations": [{"item": "pain", "relation": "entailed"}],
            "adds": False,
            "plausibility": None,
        }
        return {"sentences": [{"number": int(one), "reason": "", **relation} for one in lines]}
    if form in READ:
        return READ[form]
    if form == "Telling":
        return {"facts": [{"fact": int(one), "turn": 1, "how": "told"} for one in lines or range(1, 4)]}
    items = re.findall(r"^- (\w+)$", question, re.MULTILINE) or re.findall(
        r"(\w+) \(", question.rpartition("Items: ")[2]
    )
    if form == "Extraction":
        return {"items": [{"item": item, "value": "something"} for item in items]}
    return {"items": [{"item": item, "reason": "", "score": number % 4 + 1} for item in items]}


def digest(system: str) -> str:
    """The hash that stands for a system prompt."""
    return hashlib.sha256(system.encode()).hexdigest()[:16]


def _completion(text: str) -> dict:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    usage = {"prompt_tokens": 1000, "completion_tokens": 20, "total_tokens": 1020}
    return {
        "id": "c",
        "object": "chat.completion",
        "created": 0,
        "model": "m",
        "choices": [choice],
        "usage": usage,
    }


def _response(status: int, body: object, more: str = "") -> bytes:
    text = body if isinstance(body, str) else json.dumps(body)
    head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n{more}"
    return f"{head}Content-Length: {len(text.encode())}\r\n\r\n{text}".encode()


@contextmanager
def running(*flags: str) -> Iterator[str]:
    """The address of a service in a process of its own, which ends with the block."""
    command = [sys.executable, __file__, "0", *flags]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
        server.stdin.close()


def calls(address: str) -> dict:
    """What a running service did so far."""
    with urlopen(f"{address}/calls") as answer:
        return json.load(answer)


async def main(given: argparse.Namespace) -> None:
    server = Server(given.latency, given.turns, given.trouble, given.wait, given.garbage)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", given.port, limit=2**22, backlog=1024)
    sys.stdout.write(f"{listening.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)  # until whoever started it is gone
    os._exit(0)  # without farewell to the connections


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--latency", type=float, default=0.3)
    parser.add_argument("--turns", type=int, default=13)
    parser.add_argument("--trouble", action="store_true")
    parser.add_argument("--wait", type=float, default=1.0)
    parser.add_argument("--garbage", type=float, default=0.0)
    asyncio.run(main(parser.parse_args()))
