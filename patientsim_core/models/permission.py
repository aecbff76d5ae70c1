"""Where credentialed cases may go: the data use agreement allows Azure OpenAI, Vertex AI, and servers of
one's own."""

import ipaddress
import re
import socket
from urllib.parse import urlsplit

from patientsim_core.case import Case
from patientsim_core.errors import InputError
from patientsim_core.models.providers import OFFLINE, address_of, split_name
from patientsim_core.models.settings import Settings

OWN_SERVERS = "PATIENTSIM_OWN_SERVERS"
"""Variable with the names of hosts that the user answers for, separated by commas."""

_CLOUDS = {
    "azure": re.compile(
        r"https://[a-z0-9-]+\.((openai|cognitiveservices|services\.ai)\.azure\.(com|us|cn)"
        r"|api\.cognitive\.microsoft\.com)"
    ),
    "vertex": re.compile(r"https://([a-z0-9-]+-)?aiplatform(\.[a-z]+\.rep)?\.googleapis\.com"),
}
"""Hosts of the two services alone: on other names of the same clouds anybody's servers run, and AI Studio."""

_PRIVATE = [
    ipaddress.ip_network(block)
    for block in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
]


def check_permission(case: Case, model: str, settings: Settings | None = None) -> None:
    """Raises InputError, before anything is sent, where a credentialed case may not go to a model."""
    if case.provenance != "credentialed" or model == OFFLINE:
        return
    settings = settings or Settings()
    provider, _ = split_name(model)
    if provider.key in ("openai", "gemini"):
        raise InputError(
            f"{model}: this case is credentialed data, which its data use agreement keeps from "
            f"{provider.label}. Use offline, azure:, vertex:, or vllm: with your server. Nothing was sent."
        )
    address = urlsplit(address_of(model, settings))
    if not address.hostname:  # Vertex AI's own address, or one that is not set up yet
        return
    host = address.hostname.rstrip(".")
    own = [name.strip().rstrip(".").lower() for name in (settings.get(OWN_SERVERS) or "").split(",")]
    cloud = _CLOUDS.get(provider.key)
    if not (host in own or is_private(host) or (cloud and cloud.fullmatch(f"{address.scheme}://{host}"))):
        raise InputError(
            f"{model}: this case is credentialed data, and {host} is neither {provider.label} on an https "
            f"address of its own nor on this machine or a private network. If the server is yours, add its "
            f"name to {OWN_SERVERS}. Nothing was sent."
        )


def is_private(host: str) -> bool:
    """Whether a host is this machine or on a private network, by all addresses that its name has."""
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):
        return False
    addresses = [ipaddress.ip_address(one.partition("%")[0]) for one in found]
    return bool(addresses) and all(any(one in block for block in _PRIVATE) for one in addresses)
