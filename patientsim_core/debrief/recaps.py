"""What a yes to a recap tells: the doctor's words for it."""

from patientsim_core.debrief.account import Account
from patientsim_core.debrief.answer import Came, Line
from patientsim_core.debrief.quotes import Exchange
from patientsim_core.debrief.speech import Sort, of_sort
from patientsim_core.debrief.unsaid import keeps_back
from patientsim_core.debrief.yes_no import agrees
from patientsim_core.offline.judge.said import Said, read


def recap_of(one: Exchange, account: Account) -> str:
    """The recap in a turn of the doctor's; empty where there is none."""
    return " ".join(of_sort(account.asked[one.question - 1].text, Sort.recap)) if one.question else ""


def confirmed(one: Exchange, account: Account) -> list[Line]:
    """The lines of facts that a recap named, and the answer told by no more than a yes."""
    if not recap_of(one, account):
        return []
    own = [line for line in account.lines if line.exchange == one and line.came is Came.told and line.asked]
    wide = account.asked[one.question - 1].wide
    return [line for line in own if line.fact not in wide and _is_sure(read(line.sentence))]


def _is_sure(said: Said) -> bool:
    return agrees(said) and not keeps_back(said)
