"""Chat models: messages in, text and usage out. No SDK is imported before a model is loaded."""

from patientsim_core.models.chat import ChatModel, Completion, Message
from patientsim_core.models.options import Options
from patientsim_core.models.permission import check_permission
from patientsim_core.models.providers import OFFLINE, PROVIDERS, Provider, load_model
from patientsim_core.models.retry import Limits
from patientsim_core.models.settings import Settings
from patientsim_core.models.warming import warm

__all__ = [
    "OFFLINE",
    "PROVIDERS",
    "ChatModel",
    "Completion",
    "Limits",
    "Message",
    "Options",
    "Provider",
    "Settings",
    "check_permission",
    "load_model",
    "warm",
]
