"""What tokens cost."""

from datetime import date

import pytest
from kinds import NOWHERE

from patientsim_core.errors import InputError
from patientsim_core.models import Settings
from patientsim_core.models.prices import PRICES, load_prices
from patientsim_core.usage import Usage

MILLION = Usage(prompt_tokens=1_000_000, completion_tokens=100_000, reasoning_tokens=50_000)
OWN = """
[vllm.models]
"my-llama" = { input = 0.5, output = 1 }
[azure]
as_of = 2026-01-31
source = "our contract"
[azure.models]
"gpt-4.1" = { input = 1.0, output = 2.0 }
"ward-7" = { input = 3.0, output = 0.0 }
[openai.models]
"gpt-4o-mini" = { input = 0.1, output = 0.2 }
"""


@pytest.fixture(autouse=True)
def _no_table(monkeypatch):
    monkeypatch.delenv(PRICES, raising=False)


@pytest.fixture
def own(tmp_path):
    path = tmp_path / "prices.toml"
    path.write_text(OWN, encoding="utf-8")
    return path


def cost(name: str, path=None) -> float | None:
    return load_prices(path, Settings({}, NOWHERE)).cost(name, MILLION)


@pytest.mark.parametrize(
    ("name", "dollars"),
    [
        ("offline", 0.0),
        ("openai:gpt-4o-mini", 0.15 + 0.06),
        ("azure:gpt-4o-mini", 0.15 + 0.06),
        ("openai:gpt-4o-mini-2024-07-18", 0.15 + 0.06),
        ("azure:gpt-4.1-2025-04-14", 2.0 + 0.8),
        ("openai:gpt-4o-2024-05-13", 5.0 + 1.5),
        ("openai:gpt-4o-2024-08-06", 2.5 + 1.0),
        ("gemini:gemini-2.5-flash", 0.3 + 0.25),
        ("vertex:gemini-2.5-flash", 0.3 + 0.25),
        ("vertex:gemini-2.5-flash-001", 0.3 + 0.25),
    ],
)
def test_a_known_model_has_its_price(name, dollars):
    assert cost(name) == pytest.approx(dollars)


@pytest.mark.parametrize(
    "name",
    [
        "azure:my-deployment",
        "azure:gpt-4o-mini-of-ward-7",
        "azure:gpt-4o-mini-7",
        "openai:gpt-4o-mini-tts",
        "openai:gpt-4o-mini-2024-07",
        "openai:gemini-2.5-flash",
        "gemini:gpt-4o-mini",
        "vllm:gpt-4o-mini",
        "openai:",
        "openai",
        "gpt-4o-mini",
        "",
    ],
)
def test_any_other_has_none(name):
    assert cost(name) is None


def test_no_tokens_cost_nothing_and_reasoning_is_counted_once():
    prices = load_prices(settings=Settings({}, NOWHERE))
    assert prices.cost("openai:o3", Usage()) == 0.0
    with_, without = (Usage(completion_tokens=100, reasoning_tokens=n) for n in (60, 0))
    assert prices.cost("openai:o3", with_) == prices.cost("openai:o3", without) == pytest.approx(0.0008)


def test_the_projects_table_says_from_when_and_where_it_is():
    (table,) = load_prices(settings=Settings({}, NOWHERE)).tables
    for section in table.values():
        assert date(2026, 1, 1) < section.as_of
        assert section.source.startswith("https://")
        for name, price in section.models.items():
            assert 0 < price.input < price.output < 100, name


@pytest.mark.parametrize(
    ("name", "dollars"),
    [
        ("vllm:my-llama", 0.6),
        ("azure:ward-7", 3.0),
        ("azure:gpt-4.1", 1.2),
        ("openai:gpt-4.1", 2.8),
        ("openai:gpt-4o-mini", 0.12),
        ("azure:gpt-4o-mini-2024-07-18", 0.12),
        ("gemini:gemini-2.5-flash", 0.55),
        ("vllm:other", None),
        ("offline", 0.0),
    ],
)
@pytest.mark.parametrize("by", ["argument", "environment", "settings"])
def test_the_users_own_table_goes_first_and_the_projects_fills_the_gaps(own, monkeypatch, name, dollars, by):
    if by == "environment":
        monkeypatch.setenv(PRICES, str(own))
    given = Settings({PRICES: str(own)} if by == "settings" else {}, NOWHERE)
    prices = load_prices(own if by == "argument" else None, given)
    assert prices.cost(name, MILLION) == (None if dollars is None else pytest.approx(dollars))


def test_the_argument_goes_before_the_variable(own, monkeypatch):
    monkeypatch.setenv(PRICES, "/nowhere/prices.toml")
    assert cost("vllm:my-llama", own) == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[openai", "is not TOML (Expected ']' at the end of a table declaration"),
        ("\xff", "is not TOML"),
        (
            '[acme.models]\n"x" = {input = 1, output = 1}',
            "acme: is no kind of models. They are azure, openai, ",
        ),
        ("openai = 3", "openai: Input should be"),
        ("[openai]", "openai.models: Field required. Each provider has a table of models, "),
        ("[openai.models]\nx = 3", "openai.models.x: Input should be"),
        ("[openai.models]\nx = {input = 1}", "openai.models.x.output: Field required."),
        (
            "[openai.models]\nx = {input = 1, output = -1}",
            "openai.models.x.output: Input should be greater than",
        ),
        ("[openai.models]\nx = {input = nan, output = 1}", "openai.models.x.input: Input should be a finite"),
        (
            "[openai.models]\nx = {input = 'a lot', output = 1}",
            "openai.models.x.input: Input should be a valid",
        ),
        ("[openai.models]\nx = {input = 1, output = 1, cached = 1}", "openai.models.x.cached: Extra inputs"),
        ("[openai.models]\ngpt-4.1 = {input = 1, output = 1}", "openai.models.gpt-4.input: Field required."),
        ("[openai]\nas_of = 'May'\n[openai.models]", "openai.as_of: Input should be a valid date"),
        ("[openai]\nfrom = 'x'\n[openai.models]", "openai.from: Extra inputs"),
    ],
)
def test_a_table_that_is_wrong_is_told_by_file_and_key(tmp_path, content, said):
    path = tmp_path / "prices.toml"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(InputError) as caught:
        load_prices(path)
    assert str(caught.value).startswith(f"{path}: {said}")


def test_a_table_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match=r"nothing\.toml: cannot be read \(No such file or directory\)"):
        load_prices(tmp_path / "nothing.toml")
    with pytest.raises(InputError, match="cannot be read"):
        load_prices(tmp_path)
