"""Each scenario runs once per session, even if several processes need it."""

from dataclasses import replace
from pathlib import Path

from starlette.responses import JSONResponse
from suites_run import Asked, deployed, targeted

from graphtape_contracts.catalogue import versions
from graphtape_suites.runner.profile import DEEP
from graphtape_suites.scenarios import SCENARIOS
from graphtape_suites.session.folder import read_description, read_results, write_description
from graphtape_suites.session.session import Session

WAIT = SCENARIOS["wait.default"]


def test_a_scenario_runs_once(tmp_path: Path) -> None:
    with deployed() as deployment, targeted(tmp_path, deployment.url) as target:
        here, there = Session(target), Session(target)
        first = here.run(WAIT)

        assert here.run(WAIT) is first
        assert there.run(WAIT).exchanges == first.exchanges
        assert len(deployment.runs) == 1


def test_a_scenario_runs_as_often_as_repeat(tmp_path: Path) -> None:
    with deployed() as deployment, targeted(tmp_path, deployment.url, repeat=3) as target:
        played = Session(target).run(WAIT)

    assert len(played.exchanges) == 3


def test_scenarios_of_every_example_are_played_with_each(tmp_path: Path) -> None:
    with targeted(tmp_path) as target:
        session = Session(target)
        every = session.run(WAIT)
        first = session.run(SCENARIOS["wait.updates"])

    assert len(every.exchanges) == 2
    assert len(first.exchanges) == 1


def test_what_kept_a_scenario_from_its_end_is_said(tmp_path: Path) -> None:
    with deployed() as deployment, targeted(tmp_path, deployment.url, max_runs=1) as target:
        played = Session(target).run(SCENARIOS["isolation.again"])

    assert len(played.exchanges) == 1
    assert "1 of 1 runs" in played.problem


def test_what_is_not_offered_is_not_played(tmp_path: Path) -> None:
    with targeted(tmp_path, concurrency=1) as target:
        played = Session(target).run(SCENARIOS["concurrency.streams"])

    assert played.exchanges == ()
    assert "--graphtape-concurrency" in played.inapplicable


def test_larger_profiles_play_more(tmp_path: Path) -> None:
    with targeted(tmp_path) as target:
        smoke = Session(target).scenarios
        deep = Session(replace(target, settings=replace(target.settings, profile=DEEP)))

        assert set(smoke) < set(deep.scenarios)


def test_exchanges_are_judged_by_all_rules(tmp_path: Path) -> None:
    def fails(asked: Asked) -> JSONResponse | None:
        return JSONResponse({"detail": "crash"}, 500) if asked.is_run else None

    with deployed(fails) as deployment, targeted(tmp_path, deployment.url) as target:
        session = Session(target)
        (judged,) = session.checked(WAIT)

        assert session.checked(WAIT)[0] is judged
    assert "refusals.server-fault" in {finding.rule for finding in judged.findings}


def test_the_folder_says_what_was_played_and_where(tmp_path: Path) -> None:
    assert read_description(tmp_path) == {}
    with targeted(tmp_path) as target:
        write_description(target)
        played = Session(target).run(WAIT)

        assert list(read_results(tmp_path)) == [played]
        told = read_description(tmp_path)
        assert (told["url"], told["dialect"]) == (target.url, "python")
        assert told["contract"] == versions()[-1]
