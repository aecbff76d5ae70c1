"""The phrase bank and the templates: what any patient may be heard to say."""

import string

import pytest

from patientsim_core.guard import WORDS
from patientsim_core.offline.data import bank, say, table
from patientsim_core.offline.lexicon import concepts, drug_classes, drugs, find_concepts, topics
from patientsim_core.offline.spelling import normalise
from patientsim_core.persona import Cefr, Personality
from patientsim_core.text import sentences, words

SLOTS = {"x", "word", "topic", "complaint"}
DISEASES = ("myocardial_infarction", "pneumonia", "urinary_tract_infection", "bowel_obstruction")


def utterances():
    """(move, level, text) of the whole bank."""
    for move, entry in table("phrases").items():
        for holder in (entry, *(entry[p] for p in Personality if p in entry)):
            for level in Cefr:
                for text in holder.get(level, ()):
                    yield move, level, text


def test_an_utterance_is_one_sentence_even_with_another_behind_it():
    wrong = [text for _, _, text in utterances() if len(sentences(f"{text} Here comes the next one.")) != 2]
    assert wrong == []


def test_utterances_keep_the_word_limits_of_their_level():
    most = {"A": 9, "B": WORDS, "C": WORDS}
    assert [text for _, level, text in utterances() if len(words(text)) > most[level]] == []


def test_no_utterance_names_a_disease_or_stands_twice():
    texts = [text.lower() for _, _, text in utterances()]
    assert len(set(texts)) == len(texts)
    for text in texts:
        assert not {mention.id for mention in find_concepts(normalise(text))} & {
            *DISEASES,
            "cerebral_infarction",
        }


def test_slots_are_known_ones():
    texts = [text for _, _, text in utterances()]
    texts += [
        t for section in table("say").values() for v in section.values() if isinstance(v, list) for t in v
    ]
    used = {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    assert used <= SLOTS


@pytest.mark.parametrize("personality", Personality)
@pytest.mark.parametrize("cefr", Cefr)
def test_every_personality_and_level_has_words_for_what_it_may_have_to_say(personality, cefr):
    for move in ("prompt", "unclear", "unknown", "not_noticed", "nothing_more", "diagnosis_asked", "role"):
        assert len(bank(move, personality, cefr)) >= 3, move
    for section in ("onset", "pain", "symptom", "medication", "allergies"):
        assert len(say(section).get(cefr) or say(section)["B"]) >= 3


def test_a_name_of_a_concept_or_topic_belongs_to_one_alone():
    names = [name for concept in concepts().values() for name in concept.names]
    assert len(set(names)) == len(names)
    assert all(parent in concepts() for concept in concepts().values() for parent in concept.parents)
    ids = {topic.id for topic in topics()}
    assert all(other in ids for topic in topics() for other in topic.over)


def test_brands_lead_to_drugs_that_have_a_purpose():
    assert set(table("drugs")["brands"].values()) <= set(drugs())
    assert drug_classes()
