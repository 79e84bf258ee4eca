"""Both themes stay readable: text 4.5, edges 3.0, alarm fills apart under colour-blind sight."""

from itertools import combinations

import pytest

from widgets.theme.contrast import DEFICIENCIES, color_distance, contrast_ratio, hex_of, oklab, srgb_of_oklab
from widgets.theme.tokens import CELL_INK_DARK, CELL_INK_LIGHT, DARK, LIGHT, Tokens

THEMES = [DARK, LIGHT]
SIGHTS = [None, *DEFICIENCIES]


def text_pairs(tokens: Tokens) -> list[tuple[str, str]]:
    pairs = [(ink, ground) for ink in (tokens.ink1, tokens.ink2) for ground in grounds(tokens)]
    pairs += [(tokens.ink3, ground) for ground in (tokens.bg1, tokens.bg2, tokens.field)]
    pairs += [(tokens.accon, tokens.acc), (tokens.acc, tokens.bg1), (tokens.rep, tokens.repbg)]
    pairs += [(tokens.ink1, tokens.repbg), (tokens.map.label, tokens.map.land)]
    for priority in tokens.priorities:
        pairs += [(priority.on, priority.fill), (priority.ink, tokens.bg1), (priority.ink, priority.bg)]
        pairs += [(tokens.ink1, priority.bg), (tokens.ink2, priority.bg)]
    return pairs


def grounds(tokens: Tokens) -> tuple[str, ...]:
    return tokens.bg1, tokens.bg2, tokens.bg3, tokens.field, tokens.accbg


def edge_pairs(tokens: Tokens) -> list[tuple[str, str]]:
    pairs = [(tokens.line2, tokens.bg1), (tokens.acc, tokens.bg1), (tokens.map.vehicle, tokens.map.land)]
    pairs += [(tokens.acc, tokens.bg2), (tokens.inkoff, tokens.bg1), (tokens.map.zone_line, tokens.map.land)]
    return pairs + [(priority.edge, tokens.bg1) for priority in tokens.priorities]


@pytest.mark.parametrize("tokens", THEMES, ids=lambda tokens: tokens.theme)
def test_every_text_pair_reaches_four_and_a_half(tokens):
    failing = [(*pair, contrast_ratio(*pair)) for pair in text_pairs(tokens) if contrast_ratio(*pair) < 4.5]
    assert failing == []


@pytest.mark.parametrize("tokens", THEMES, ids=lambda tokens: tokens.theme)
def test_every_edge_pair_reaches_three(tokens):
    failing = [(*pair, contrast_ratio(*pair)) for pair in edge_pairs(tokens) if contrast_ratio(*pair) < 3.0]
    assert failing == []


@pytest.mark.parametrize(("tokens", "smallest"), [(DARK, 0.13), (LIGHT, 0.155)], ids=["dark", "light"])
def test_alarm_fills_stay_apart_under_every_simulated_sight(tokens, smallest):
    fills = [priority.fill for priority in tokens.priorities]
    for sight in DEFICIENCIES:
        for first, second in combinations(fills, 2):
            assert color_distance(first, second, sight) >= smallest, (sight, first, second)


@pytest.mark.parametrize("tokens", THEMES, ids=lambda tokens: tokens.theme)
def test_ends_of_the_pressure_scale_differ_for_everyone(tokens):
    for sight in SIGHTS:
        assert color_distance(tokens.pressure[0], tokens.pressure[-1], sight) >= 0.17, sight


@pytest.mark.parametrize("tokens", THEMES, ids=lambda tokens: tokens.theme)
def test_heat_scales_are_monotone_in_lightness(tokens):
    for arm in (tokens.pressure[3:], tokens.pressure[3::-1], tokens.queue):
        lightness = [float(oklab(token)[0]) for token in arm]
        assert lightness in (sorted(lightness), sorted(lightness, reverse=True))


def test_black_on_white_is_twenty_one():
    assert contrast_ratio("#000000", "#FFFFFF") == pytest.approx(21.0)


def test_oklab_goes_there_and_back():
    assert hex_of(srgb_of_oklab(oklab("#946731"))) == "#946731"


@pytest.mark.parametrize("tokens", THEMES, ids=lambda tokens: tokens.theme)
def test_one_of_the_two_cell_inks_reads_on_every_anchor(tokens):
    for token in (*tokens.pressure, *tokens.queue):
        best = max(contrast_ratio(CELL_INK_DARK, token), contrast_ratio(CELL_INK_LIGHT, token))
        assert best >= 4.5, token
