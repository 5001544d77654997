"""The vocabulary: what is understood, what is refused, and what is offered instead."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonotag.models.synonyms import Synonyms, load_synonyms
from sonotag.models.vocabulary import Vocabulary

COVERED = {
    "dog barking": (
        "a dog barks; barking; bark; puppy; Dogs barking loudly in the distance; the neighbour's dog is "
        "barking; small dog yapping; woof woof; a pack of dogs barking; the bark of a dog; dog-barking; two "
        "dogs barking outside at night; sound of a dog barking; DOGS; dog's bark; a dog barking at the "
        "postman; in the distance a dog barks; 3 dogs bark; dogs and puppies barking; a dog barked"
    ),
    "cat meowing": "cat; a cat meows; kitten meowing; meow; the cat is mewing; cats; hungry cat miaowing",
    "rooster crowing": (
        "a rooster crows; rooster; cock-a-doodle-doo; cock crowing; rooster crowing at dawn; crowing; cockerel"
    ),
    "hen clucking": "clucking hens; a hen clucks; chicken clucking",
    "birds chirping": (
        "birds singing; birdsong; a bird chirps; bird; chirping birds in the forest; birds tweeting; bird "
        "song; the dawn chorus; a bird is singing in a tree"
    ),
    "crow cawing": "crow; a crow caws; ravens cawing; cawing",
    "duck quacking": "ducks; quack quack; a duck quacks",
    "goose honking": "geese honking; a goose honks",
    "owl hooting": "owl; an owl hoots at night; hooting owl",
    "cow mooing": "cow; cows mooing in a field; moo; a cow bellowing",
    "sheep bleating": "sheep; a lamb bleating; baa",
    "horse neighing": "a horse neighs; whinnying; horse whinny",
    "horse galloping": "galloping horses; hoofbeats; a horse trotting on the road",
    "wolf howling": "wolves howling; a wolf howls",
    "animal growling": "a tiger growling; growling; an animal snarls; growl; dog growling",
    "frog croaking": "frogs; croaking frogs; ribbit",
    "insect buzzing": "bees buzzing; a mosquito; a fly buzzing; buzzing insects",
    "crickets": "crickets chirping; crickets at night; a cricket chirps",
    "seagull crying": "seagulls; gulls calling; seagulls on the beach; a sea gull",
    "speech": (
        "someone speaking; people talking; a person is talking; conversation; talking; human speech; speech "
        "in the background"
    ),
    "male speech": "a man speaking; man talking; male voice; a man talks on the radio",
    "female speech": "a woman speaking; a lady talks; female speaker; women talking",
    "laughing": "laughter; someone laughs; a man laughing; giggling; haha; people laughing",
    "baby crying": (
        "infant crying; a baby cries; the baby is crying; crying baby; newborn wailing; cry of a baby; toddler crying"
    ),
    "sneezing": ("someone sneezes; achoo; sneeze; a man sneezes loudly; a child sneezing; sneezes; she sneezed"),
    "snoring": "someone is snoring; snore; a man snores; loud snoring in the bedroom",
    "clapping": "hand clapping; people clapping; claps",
    "applause": "an audience applauding; applause; a round of applause; standing ovation",
    "crowd cheering": "a crowd cheers; cheering; cheering crowd",
    "footsteps": "footsteps on gravel; someone walking; footsteps in a hallway; walking in high heels",
    "singing": "a woman singing; someone sings; a singer",
    "rain": (
        "rain; raining; rainfall; it's raining; heavy rain; rain on a tin roof; rain falling on the roof; a "
        "downpour; raindrops on the window; light rain in the forest; pouring rain; drizzle; rain hitting "
        "an umbrella"
    ),
    "thunder": (
        "thunderstorm; thunder rumbling; thunder and lightning; clap of thunder; distant thunder; rolling thunder"
    ),
    "wind": ("wind blowing; howling wind; strong wind; gusts of wind; windy; wind whistling; wind in the trees"),
    "sea waves": (
        "waves crashing on the beach; ocean waves; sea; waves; the sound of the sea; surf; waves breaking "
        "on the shore; ocean; gentle waves lapping the shore"
    ),
    "water lapping": "lapping water; water lapping at the shore; water lapping against a boat",
    "fire crackling": (
        "fire; campfire; crackling fire; a fireplace crackling; wood burning; bonfire; a fire crackles in the fireplace"
    ),
    "helicopter": "helicopter; a chopper; a helicopter flying overhead; helicopter hovering; helicopters",
    "airplane": "plane; an airplane flies; jet plane; aeroplane overhead; an airplane taking off",
    "engine": "motor; engine idling; an engine revving; car engine; car engine starting",
    "train": "a train passing; train; a steam train; locomotive",
    "traffic": "traffic; city traffic; busy road traffic; traffic noise",
    "car horn": (
        "a car honks; car horn; honking car; honking horns; a horn beeping; horn honking; cars honking in the street"
    ),
    "siren": (
        "police siren; ambulance siren; sirens in the distance; siren wailing; a fire engine siren; emergency siren"
    ),
    "chainsaw": "chain saw; a chainsaw; chainsaw cutting wood; chainsaws in the forest",
    "church bell": ("church bells; church bells ringing; bells tolling; a church bell rings; the bell of a church"),
    "doorbell": "door bell; the doorbell rings; ding dong; someone ringing the doorbell",
    "alarm clock": "alarm clock ringing; an alarm clock; alarm clock going off",
    "smoke alarm": "fire alarm; smoke detector; smoke alarm beeping",
    "beep": "beeping; beep beep; an electronic beep",
    "telephone ringing": "phone ringing; a telephone rings; ringtone; cell phone ringing",
    "clock ticking": (
        "tick tock; a clock ticks; ticking; ticking clock; the clock is ticking; grandfather clock; a watch ticking"
    ),
    "door closing": "a door slams; door slamming; someone shuts the door; the door is closed",
    "door opening": "a door opens; someone opens a door",
    "door knocking": "knocking on a door; a knock at the door; knock knock; someone knocks",
    "door creaking": "creaky door; a door creaks; door hinge squeaking",
    "glass breaking": (
        "breaking glass; glass shattering; a bottle smashes; broken glass; glass shatters on the floor; a window breaks"
    ),
    "keyboard typing": "typing; someone typing on a keyboard; computer keyboard typing",
    "gunshot": "gunfire; a gun fires; gunshots; a shot from a gun; machine gun",
    "explosion": "explosions; a bomb explodes; something explodes; blast",
    "fireworks": "fireworks; firework display; fireworks exploding in the sky",
    "music": "music; a song; background music; music playing on the radio",
    "piano": "piano; someone playing the piano; piano music; a grand piano; piano playing",
    "guitar": "acoustic guitar; guitar strumming; a guitar is being played; a man plays the guitar",
    "trumpet": "a trumpet; trumpet playing",
    "choir": "choir; a choir sings",
    "bass guitar": "electric bass; bass guitar solo",
    "drums": "drum; drumming; drum roll; drum kit",
}

NOT_COVERED = """
dog eating; dog whining; hot dog stand; hot dog; bark of a tree; tree bark; dog food; dog park; silent dog;
prairie dog; cat food commercial; cat purring; catwalk; catalogue; rope creaking; baby laughing; baby;
crying; baby elephant; a man crying; a child laughing; siren song; car passing; car; car crash; car door;
rainbow; train station; training; personal trainer; train whistle; waves in her hair; radio waves;
microwave; heat wave; wave goodbye; electric piano; piano tuner; bell pepper; bell; bells; door; doorway;
doorman; window; wind chimes; wind instrument; windmill; fire truck; fireman; rock concert; jazz; lion roar;
lion; tiger; theremin; glass; glass of wine; glasses; clock tower; alarm; horse; no dogs; no rain; not a
dog; without music; music without drums; a dog that does not bark; the dog isn't barking; dogs but cats; dog
and cat; rain and thunder; dog barking, cat meowing; siren or church bell; dog barking with music; rain
while a baby cries; silence; sound waves; cry baby; deep sea; nothing; something strange; asdfghjkl;
cricket; mother; a person; water; ocean liner; sea lion show; seasick; horn; french horn; horn of plenty;
snow; cough; breathing; frying pan; vacuum cleaner; toilet flush; gunsmith; gun; shotgun wedding; drumstick
chicken; organ donation; bass drop; guitar shop; whistle; kettle whistling; watch; match; tennis match; bat;
baseball bat; crowd; cockpit; cocktail; pigeonhole; bullet; bulldozer; sheepish; throwing; knockout
"""


def split(text: str) -> list[str]:
    return [prompt.strip() for prompt in text.split(";") if prompt.strip()]


@pytest.fixture(scope="module")
def synonyms() -> Synonyms:
    return load_synonyms()


@pytest.fixture(scope="module")
def everything(synonyms: Synonyms) -> Vocabulary:
    """A model that has every label of the table."""
    return Vocabulary(list(synonyms.entries), synonyms)


def test_the_tables_are_large_enough_to_mean_something() -> None:
    assert sum(len(split(prompts)) for prompts in COVERED.values()) >= 150
    assert len(split(NOT_COVERED)) >= 60


@pytest.mark.parametrize(
    ("prompt", "label"), [(prompt, label) for label, prompts in COVERED.items() for prompt in split(prompts)]
)
def test_understands(everything: Vocabulary, prompt: str, label: str) -> None:
    coverage = everything.resolve(prompt)
    assert coverage.covered
    assert coverage.matched == label
    assert coverage.nearest == ()
    assert coverage.prompt == prompt


@pytest.mark.parametrize("prompt", split(NOT_COVERED))
def test_refuses(everything: Vocabulary, prompt: str) -> None:
    coverage = everything.resolve(prompt)
    assert not coverage.covered
    assert coverage.matched is None
    assert len(coverage.nearest) <= 3


@pytest.mark.parametrize(
    ("prompt", "offered"),
    [
        ("dog eating", ["dog barking"]),
        ("no dogs", ["dog barking"]),
        ("rope creaking", ["wood creaking", "door creaking"]),
        ("baby laughing", ["laughing", "baby crying"]),
        ("lion roar", ["animal growling"]),
        ("dog brking", ["dog barking"]),
        ("helicoptr", ["helicopter"]),
        ("electric piano", ["piano"]),
        ("dog barking and rain", ["dog barking", "rain"]),
        ("rain or church bells", ["church bell", "rain"]),
        ("horn", ["car horn"]),
        ("door", ["door closing", "door opening", "door knocking"]),
        ("tambourine", ["piano", "guitar"]),
        ("cough", ["sneezing"]),
        ("alarm", ["alarm clock", "smoke alarm"]),
        ("storm", ["thunder", "wind", "rain"]),
        ("bell ringing", ["church bell", "doorbell"]),
    ],
)
def test_offers_what_is_near(everything: Vocabulary, prompt: str, offered: list[str]) -> None:
    coverage = everything.resolve(prompt)
    assert not coverage.covered
    assert set(offered) <= set(coverage.nearest)


def test_offers_nothing_for_what_is_near_nothing(everything: Vocabulary) -> None:
    for prompt in ("", " ", "!?", "\U0001f415", "\u72ac", "the sound of a", "zzzzzzz"):
        coverage = everything.resolve(prompt)
        assert not coverage.covered
        assert coverage.nearest == ()


def test_only_the_labels_of_the_model_are_matched_or_offered() -> None:
    few = Vocabulary(["baby crying", "dog barking", "car horn", "sea waves"])
    assert few.resolve("baby laughing").nearest[0] == "baby crying"
    assert few.resolve("car passing").nearest[0] == "car horn"
    assert not few.resolve("car passing").covered
    assert not few.resolve("rooster").covered
    assert not few.resolve("cat meowing").covered
    assert few.resolve("cat meowing").nearest == ("dog barking",)
    assert few.resolve("rain on the sea").nearest[0] == "sea waves"


def test_a_label_unknown_to_the_table_stands_for_itself() -> None:
    own = Vocabulary(["theremin solo", "dog barking", "a"])
    assert own.resolve("Theremin solos!").matched == "theremin solo"
    assert own.resolve("a theremin solo in the distance").matched == "theremin solo"
    assert not own.resolve("theremin").covered
    assert own.resolve("theremin").nearest == ("theremin solo",)
    assert own.resolve("A").matched == "a"


def test_words_are_lent_to_a_label_that_sounds_the_same() -> None:
    assert Vocabulary(["clapping"]).resolve("applause").matched == "clapping"
    assert Vocabulary(["applause", "clapping"]).resolve("applause").matched == "applause"
    assert not Vocabulary(["speech"]).resolve("a man talking").covered


def test_no_labels_at_all() -> None:
    assert Vocabulary([]).resolve("dog barking").nearest == ()


def test_every_synonym_resolves_to_its_label(synonyms: Synonyms, everything: Vocabulary) -> None:
    for label, entry in synonyms.entries.items():
        assert everything.resolve(label).matched == label
        for term in entry.says:
            assert everything.resolve(" ".join(term)).matched == label, term


def test_the_groups_of_the_table_exist(synonyms: Synonyms) -> None:
    for entry in synonyms.entries.values():
        assert entry.groups, entry.label
        assert set(entry.groups) <= set(synonyms.groups), entry.label
        assert entry.stands_for is None or entry.stands_for in synonyms.entries


def test_is_quick(everything: Vocabulary) -> None:
    """Bounds ten times what is measured (about 0.03 ms and 1 ms), so that only a change of order fails."""
    prompts = [prompt for prompts in COVERED.values() for prompt in split(prompts)] + split(NOT_COVERED)
    began = time.perf_counter()
    for prompt in prompts:
        everything.resolve(prompt)
    assert (time.perf_counter() - began) / len(prompts) < 0.001
    for long in ("dog weird stuff " * 640, "x" * 10_000, "\ufdfa" * 3_000, "dog'" * 2_500, "\u0301" * 5_000):
        began = time.perf_counter()
        assert not everything.resolve(long).covered
        assert time.perf_counter() - began < 0.2


@given(st.text(max_size=200))
def test_any_text_gets_an_answer(everything: Vocabulary, text: str) -> None:
    coverage = everything.resolve(text)
    assert coverage.prompt == text
    assert coverage.covered == (coverage.matched is not None)
    assert coverage.matched is None or coverage.matched in everything.labels
    assert set(coverage.nearest) <= set(everything.labels)
    assert len(set(coverage.nearest)) == len(coverage.nearest) <= 3
    assert everything.resolve(text) == coverage


KNOWN_PROMPTS = [prompt for prompts in COVERED.values() for prompt in split(prompts)]


@given(
    st.sampled_from(KNOWN_PROMPTS + split(NOT_COVERED)),
    st.sampled_from([" ", "  ", "\t", "\n", ", ", " - ", "... ", "\u00a0", " \u2014 "]),
    st.sampled_from(["", "!", "...", " ?", "\u200b", ")"]),
    st.sampled_from([str, str.upper, str.title, str.swapcase]),
)
@settings(max_examples=300)
def test_case_spacing_and_punctuation_do_not_matter(
    everything: Vocabulary, prompt: str, gap: str, end: str, case: type[str]
) -> None:
    written = case(re.sub(r" +", gap.replace("\\", r"\\"), prompt)) + end
    plain, odd = everything.resolve(prompt), everything.resolve(written)
    assert (plain.covered, plain.matched, plain.nearest) == (odd.covered, odd.matched, odd.nearest)


@given(st.sampled_from(KNOWN_PROMPTS), st.sampled_from(["no ", "not ", "without ", "never ", "there is no "]))
def test_a_negated_prompt_is_never_covered(everything: Vocabulary, prompt: str, negation: str) -> None:
    assert not everything.resolve(negation + prompt).covered


@given(
    st.sampled_from(KNOWN_PROMPTS),
    st.sampled_from(["tambourine", "quantum", "theremin", "blender", "bongo"]),
)
def test_a_word_that_is_not_accounted_for_is_never_ignored(everything: Vocabulary, prompt: str, word: str) -> None:
    assert not everything.resolve(f"{word} {prompt}").covered
    assert not everything.resolve(f"{prompt} and {word}").covered
