"""What can go wrong with a model service, in words for the user.

The service's own words are read to tell one fault from another, but never passed on: they may repeat a
key or the record.
"""

import re
from enum import StrEnum

from patientsim_core.errors import ModelError


class Fault(StrEnum):
    """What is wrong, as one word; each has its sentence in `SAY`."""

    key = "key"
    sign_in = "sign_in"
    permission = "permission"
    region = "region"
    name = "name"
    address = "address"
    quota = "quota"
    rate = "rate"
    context = "context"
    filter = "filter"
    refusal = "refusal"
    request = "request"
    timeout = "timeout"
    unavailable = "unavailable"
    empty = "empty"
    length = "length"
    malformed = "malformed"
    cut = "cut"
    reasoning = "reasoning"


PASSING = frozenset((Fault.rate, Fault.timeout, Fault.unavailable, Fault.empty, Fault.malformed, Fault.cut))
"""Faults that may be gone a moment later: only these are tried again."""

OF_ONE_REQUEST = frozenset((Fault.context, Fault.filter, Fault.refusal, Fault.length, Fault.reasoning))
"""Faults that come of what was asked: another request may do better. The rest are passing, or lie in the
set-up, which no request would escape."""

SAY = {
    Fault.key: "the service refuses the key. Check {key_name}, and that the key belongs to this service.",
    Fault.sign_in: "this machine is not signed in to Google Cloud. Run: gcloud auth application-default "
    "login; or set a key instead of {key_name}.",
    Fault.permission: "the key may not use this model. Ask its owner for access, or choose another model.",
    Fault.region: "the service does not answer requests from this region. Use an account or a resource of "
    "a region that it serves.",
    Fault.name: "the service at {where} has no model of this name. Check the spelling; with Azure it is "
    "the deployment's name.",
    Fault.address: "no model service answers at {where}. Check {address_name}, the network, and whether the "
    "server runs.",
    Fault.quota: "the account's quota or credit is used up. Wait for its renewal, add credit, or choose "
    "another model.",
    Fault.rate: "the service is asked too often at the moment. Wait a little, then ask again.",
    Fault.context: "the conversation no longer fits into what the model can read. Nothing was cut off "
    "silently: end here, or choose a model with a larger context.",
    Fault.filter: "the service's content filter stopped the question or the answer. Ask in other words, "
    "or have the filter of your account adjusted.",
    Fault.refusal: "the model refused to play the patient. Ask in other words, or choose another model.",
    Fault.request: "the service finds the request wrong{detail}. Check the name and the advanced settings.",
    Fault.timeout: "no complete answer came within {seconds:g} s. Ask again, or choose a faster model.",
    Fault.unavailable: "the service has a fault of its own{detail}. Ask again in a while.",
    Fault.empty: "the model answered nothing. Ask again, or choose another model.",
    Fault.length: "the model used all its tokens before it said a word. Raise max tokens, or lower the "
    "reasoning effort.",
    Fault.malformed: "what came from {where} cannot be read. Check that the address is a model service's.",
    Fault.cut: "the connection broke off in the middle of the answer. Ask again.",
    Fault.reasoning: "the model sent its reasoning as if it were the answer. This is known from now on: "
    "ask again.",
}

_REGION = re.compile(r"unsupported_country|user location is not supported|not (available|supported) in your")
_KEY = re.compile(r"api[_ ]key[_ ](not[_ ]valid|invalid)|invalid[_ ]api[_ ]key|expired")
_QUOTA = re.compile(
    r"insufficient_quota|exceeded your current quota|billing|credit|perday|per day|quota exceeded"
)
_DAY = re.compile(r"perday|per day|per month")
_MINUTE = re.compile(r"perminute|per min(ute)?\b|persecond|per second|rate limit\b")
_CONTEXT = re.compile(
    r"context_length_exceeded|maximum context|context (length|size|window)|exceed_context_size"
    r"|input token count|too many (input )?tokens|prompt is too long|too long"
)
_FILTER = re.compile(
    r"content_?filter|content management policy|responsibleai|prohibited_content|invalid_prompt|flagged"
)
_NAMED = re.compile(r"model|deployment")
_CODE = re.compile(r"[A-Za-z_]{3,40}\Z")


def fault_of_status(status: int, said: str) -> Fault:
    """The fault that an HTTP status and the service's words mean, whichever service it is."""
    said = said.lower()
    if _REGION.search(said):
        return Fault.region
    if status == 401 or (status in (400, 403) and _KEY.search(said)):
        return Fault.key
    if status == 403 and "billing" in said:
        return Fault.quota
    if status == 429:
        spent = _DAY.search(said) or (_QUOTA.search(said) and not _MINUTE.search(said))
        return Fault.quota if spent else Fault.rate
    if status in (400, 413, 422, 500) and _CONTEXT.search(said):
        return Fault.context
    if status in (400, 403) and _FILTER.search(said):
        return Fault.filter
    if status in (408, 409, 425) or status >= 500:
        return Fault.unavailable
    elsewhere = status == 404 and ("<html" in said or not _NAMED.search(said))
    if elsewhere or status == 405 or 300 <= status < 400:  # redirects are not followed
        return Fault.address
    return {402: Fault.quota, 403: Fault.permission, 404: Fault.name}.get(status, Fault.request)


def detail(status: int | None, code: object = None, option: str | None = None) -> str:
    """` (status 400, unsupported_value), namely the option top_k`: only what cannot hold a secret."""
    known = [f"status {status}"] if status else []
    known += [code] if isinstance(code, str) and _CODE.match(code) else []
    told = f" ({', '.join(known)})" if known else ""
    return f"{told}, namely the option {option}" if option else told


def model_error(fault: Fault, model: str, *, after: float | None = None, **words: object) -> ModelError:
    """The error for the user; `after` is how many seconds the service asks to wait."""
    defaults = {"where": "the service", "key_name": "the key", "address_name": "the address", "detail": ""}
    text = SAY[fault].format(**defaults | words)
    return ModelError(f"{model}: {text}", fault=fault, passing=fault in PASSING, after=after)
