"""Commands that look after the data directory: `sonotag verify | backup | restore`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click

if TYPE_CHECKING:  # imported for real where needed: `--help` must not wait
    from sonotag.store.files import DataDirectory

P = ParamSpec("P")
R = TypeVar("R")


def _data() -> DataDirectory:
    from sonotag.settings import Settings
    from sonotag.store.files import DataDirectory

    return DataDirectory(Settings().data_dir)


def _in_words(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    from sonotag.errors import SonotagError

    try:
        return work(*args, **kwargs)
    except SonotagError as error:
        raise click.ClickException(f"{error.message} {error.hint}".strip()) from error


@click.command()
def verify() -> None:
    """Compare every stored file with its checksum; a server may be running.

    Changes nothing: the server sets damaged files aside, and makes anew what it can, when it next looks for itself.
    Exit code 0: all is as it was written. 1: something is damaged.
    """
    from sonotag.store.database import Database
    from sonotag.store.integrity import look_at

    data = _data()
    database = _in_words(Database, data.database)
    looked_at = damaged = 0
    try:
        for recording in database.all_recordings():
            if recording.state.is_active:
                continue
            looked_at += 1
            found = look_at(data.files_of(recording.id), recording)
            damages = [damage for damage in (found.original, *found.derived) if damage is not None]
            if damages and recording.id in database.recording_ids() and database.recording(recording.id) == recording:
                damaged += 1
                for damage in damages:
                    click.echo(f"{recording.id}: {damage.path.name}: {damage.words}")
    finally:
        database.close()
    click.echo(f"{looked_at} recordings were looked at, {damaged} of them are damaged.", err=True)
    sys.exit(1 if damaged else 0)


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
def backup(target: Path) -> None:
    """Copy all recordings, with the database, to the new folder TARGET; a server may be running."""
    from sonotag.store.backup import back_up

    report = _in_words(back_up, _data(), target)
    click.echo(f"{report.recordings} recordings, {report.size_bytes / 1e6:.1f} MB, are in {target}.", err=True)


@click.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--replace", is_flag=True, help="Even if there is data; it is kept beside the restored.")
def restore(source: Path, replace: bool) -> None:
    """Put the backup SOURCE in place. Stop the server first."""
    from sonotag.store.backup import restore as put_back

    aside = _in_words(put_back, _data(), source, replace=replace)
    kept = f" What was there is in {aside}." if aside else ""
    click.echo(f"The backup {source} is in place.{kept}", err=True)
