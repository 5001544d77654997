"""The command line: `sonotag serve | analyze | models | keys | verify | backup | restore | openapi`.

Results go to standard output, all else to standard error.
Exit codes: 0 all went well, 1 something failed (the message says what), 2 the command was not understood.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sonotag import __version__
from sonotag.cli_data import backup, restore, verify

# NumPy's matrix products are small here; threads of their own would only spin beside the model's and the decoder's.
# Read once, when NumPy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

if TYPE_CHECKING:  # imported for real where needed: `--help` must not wait for numpy and torch
    from sonotag.export.result import SourceResult
    from sonotag.main import FileTools, Outside
    from sonotag.models.encoder import Encoder
    from sonotag.store.access import KeyStore


@click.group()
@click.version_option(__version__)
def main() -> None:
    """SonoTag: find sounds in recordings."""


@main.command()
@click.option("--host", default="127.0.0.1", envvar="HOST", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, envvar="PORT", show_default=True, help="Port; 0 takes a free one.")
def serve(host: str, port: int) -> None:
    """Serve the page and the API."""
    import uvicorn

    from sonotag.api.connections import guarded_protocol, most_connections
    from sonotag.logs import configure_logging
    from sonotag.main import create_app
    from sonotag.serving import stopping_server
    from sonotag.settings import Settings

    settings = Settings()
    configure_logging(settings.log_level, settings.log_format)
    try:
        listener = _listener(host, port)
    except OSError as error:
        raise click.ClickException(
            f"Cannot listen on {host}:{port}: {error.strerror}. Choose another --port."
        ) from error
    address, bound_port = listener.getsockname()[:2]
    # Compared with, not bound to.
    shown = "localhost" if address in ("127.0.0.1", "0.0.0.0", "::", "::1") else address  # noqa: S104
    click.echo(f"SonoTag is at http://{shown}:{bound_port}", err=True)
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        http=guarded_protocol(settings.request_timeout_s, most_connections()),
        log_config=None,
        access_log=False,
        ws="websockets-sansio",
        ws_max_size=1 << 20,
        ws_ping_interval=20,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=8,
        server_header=False,
        # Behind a proxy that an operator runs; which addresses are trusted is uvicorn's FORWARDED_ALLOW_IPS.
        proxy_headers=True,
    )
    server = stopping_server(config, app.state.watch.shutdown)
    try:
        server.run(sockets=[listener])
    except SystemExit:  # with a status of uvicorn's own, when the start fails
        failure = getattr(app.state, "failure", None)
        if failure is None:
            raise
        raise click.ClickException(_words(failure)) from None
    if not server.started:
        sys.exit(1)


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        # Accepted sockets inherit it: a viewer that stopped reading is dropped, which pings alone do not achieve.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 30_000)
    listener.bind((host, port))
    listener.listen(2048)
    listener.set_inheritable(True)
    return listener


FORMAT_NAMES = ("json", "csv", "audacity")


@main.command()
@click.argument("sources", nargs=-1, required=True)
@click.option("--prompts", help='What to look for: "dog barking; glass breaking | smash; music > speech".')
@click.option("--preset", help="A named list of prompts instead; `general` when neither is given.")
@click.option("--format", "format_name", type=click.Choice(FORMAT_NAMES), default="json", show_default=True)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write here, not to standard output.")
@click.option("--model", type=click.Choice(["auto", "flam", "builtin"]), default="auto", show_default=True)
@click.option("--threshold", type=click.FloatRange(0, 1), default=0.5, show_default=True, help="Score of a detection.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
def analyze(
    sources: tuple[str, ...],
    prompts: str | None,
    preset: str | None,
    format_name: str,
    output: Path | None,
    model: str,
    threshold: float,
    quiet: bool,
) -> None:
    """Find sounds in audio or video files, and at links of YouTube, SoundCloud and what the settings allow.

    Exit code 0: every source was analysed. 1: at least one was not (the others are in the result).
    """
    from sonotag.export.formats import FORMATS

    if prompts is not None and preset is not None:
        raise click.UsageError("Give --prompts or --preset, not both.")
    if format_name == "audacity" and len(sources) > 1:
        raise click.UsageError("An Audacity label track belongs to one recording: give one source at a time.")
    results, failed = _analyze_all(sources, prompts, preset, model, threshold, quiet)
    if results:
        text = FORMATS[format_name].render(results)
        if output is None:
            # newline: CSV has its own line ends, which text mode would double on some systems.
            sys.stdout.buffer.write(text.encode())
        else:
            output.write_bytes(text.encode())
    sys.exit(1 if failed else 0)


def _analyze_all(
    sources: tuple[str, ...],
    prompts: str | None,
    preset: str | None,
    model: str,
    threshold: float,
    quiet: bool,
    outside: Outside | None = None,
) -> tuple[list[SourceResult], bool]:
    """Results of the sources that could be analysed, and whether any could not; says why on standard error."""
    from sonotag.domain import DetectionRule
    from sonotag.errors import SonotagError
    from sonotag.jobs.files import analyze_file
    from sonotag.main import file_tools
    from sonotag.settings import Settings

    results: list[SourceResult] = []
    failed = False
    try:
        with file_tools(Settings(), model, outside) as tools:
            wanted = tools.prompts(prompts, preset)
            _warn_of_unknown(tools.encoder, wanted)
            for source in sources:
                try:
                    with _opened(source, tools, quiet) as path, _progress(Path(source).name, quiet) as on_progress:
                        analysis = analyze_file(
                            path,
                            wanted,
                            decoder=tools.decoder,
                            inference=tools.inference,
                            encoder=tools.encoder,
                            rule=DetectionRule(threshold=threshold, release=0.7 * threshold),
                            on_progress=on_progress,
                            name=source,
                        )
                except (SonotagError, OSError) as error:
                    failed = True
                    _say(f"{source}: {_words(error)}")
                else:
                    results.append(analysis.result)
                    if analysis.warning is not None:
                        _say(f"{source}: {analysis.warning.message} {analysis.warning.hint}")
    except SonotagError as error:
        raise click.ClickException(_words(error)) from error
    return results, failed


@contextmanager
def _opened(source: str, tools: FileTools, quiet: bool) -> Generator[Path]:
    """The file that `source` names, or one that its link was fetched into. Raises SonotagError, OSError."""
    from sonotag.errors import InputError

    path = Path(source)
    if path.is_file():
        yield path
    elif source.startswith(("https://", "http://")):
        with ExitStack() as stack:
            with _progress("fetching", quiet) as on_progress:
                fetched = stack.enter_context(tools.fetched(source, on_progress))
            yield fetched
    else:
        raise InputError("A directory, not a file." if path.is_dir() else "There is no such file.")


def _words(error: Exception) -> str:
    from sonotag.errors import SonotagError

    if isinstance(error, SonotagError):
        return f"{error.message} {error.hint}".strip()
    return getattr(error, "strerror", None) or str(error)


def _say(text: str) -> None:
    click.echo(text, err=True)


def _warn_of_unknown(encoder: Encoder, prompts: list[str]) -> None:
    from sonotag.analysis.wordings import ask

    for coverage in ask(prompts, encoder.encode_text).coverage:
        if not coverage.covered:
            nearest = f" Nearest: {', '.join(coverage.nearest)}." if coverage.nearest else ""
            _say(f'"{coverage.prompt}" is not covered by this model.{nearest}')
        if coverage.note:
            _say(f'"{coverage.prompt}": {coverage.note}')


def _no_progress(done_s: float, total_s: float | None) -> None:
    """Nobody looks."""


@contextmanager
def _progress(name: str, quiet: bool) -> Generator[Callable[[float, float | None], None]]:
    """A bar on standard error, where somebody looks at it; the file's claim of its length is its end."""
    if quiet or not sys.stderr.isatty():
        yield _no_progress
        return
    with click.progressbar(length=1000, label=name[:40], file=sys.stderr) as bar:
        shown = 0

        def advance(done_s: float, total_s: float | None) -> None:
            nonlocal shown
            if total_s:
                now = min(1000, int(1000 * done_s / total_s))
                bar.update(now - shown)
                shown = now

        yield advance
        bar.update(1000 - shown)


@main.command()
def models() -> None:
    """Say which models there are, and what they know."""
    from sonotag.main import file_tools
    from sonotag.settings import Settings

    with file_tools(Settings(), "auto") as tools:
        encoder = tools.encoder
        click.echo(f"{encoder.name}: {encoder.title}, version {encoder.version}, {encoder.license}")
        click.echo(f"  a frame each {encoder.seconds_per_frame} s, {len(encoder.labels)} sounds:")
        click.echo("  " + "; ".join(encoder.labels))
        for status in tools.models.statuses():
            if status.name != encoder.name:
                why = f": {status.problem.message} {status.problem.hint}" if status.problem else ""
                click.echo(f"{status.name}: {status.title}, {status.state.value}{why}")


@main.group()
def keys() -> None:
    """Make, list and revoke API keys: programs' own way in, each with recordings of its own."""


@contextmanager
def _key_store() -> Generator[KeyStore]:
    from sonotag.errors import SonotagError
    from sonotag.settings import Settings
    from sonotag.store.access import KeyStore
    from sonotag.store.database import Database
    from sonotag.store.files import DataDirectory

    try:
        database = Database(DataDirectory(Settings().data_dir).database)
        try:
            yield KeyStore(database)
        finally:
            database.close()
    except SonotagError as error:
        raise click.ClickException(_words(error)) from error


@keys.command("create")
@click.argument("name")
@click.option("--scopes", default="read,write", show_default=True, help="What it may do: read, write, or both.")
def create_key(name: str, scopes: str) -> None:
    """Print a new key for the program NAME. It is shown this once; send it as `Authorization: Bearer KEY`."""
    from sonotag.domain import KeyScope

    try:
        wanted = [KeyScope(scope.strip()) for scope in scopes.split(",")]
    except ValueError as error:
        raise click.BadParameter("Scopes are: read, write.", param_hint="--scopes") from error
    with _key_store() as store:
        key, text = store.add(name, wanted)
    click.echo(text)
    _say(f"This is key {key.id}, for {key.name}. It cannot be shown again; `sonotag keys revoke {key.id}` ends it.")


@keys.command("list")
def list_keys() -> None:
    """Say which keys there are: id, scopes, day, name."""
    with _key_store() as store:
        for key in store.all():
            click.echo(f"{key.id}  {','.join(key.scopes):<10}  {key.created_at:%Y-%m-%d}  {key.name}")


@keys.command("revoke")
@click.argument("key_id", metavar="ID")
def revoke_key(key_id: str) -> None:
    """End a key, at once and also while the server runs. Its recordings stay."""
    with _key_store() as store:
        key = store.revoke(key_id)
    _say(f"Key {key.id}, for {key.name}, is revoked.")


@main.command()
def openapi() -> None:
    """Print the OpenAPI document, from which the page's types are generated."""
    from sonotag.api.document import openapi_document
    from sonotag.main import create_app
    from sonotag.settings import Settings

    click.echo(json.dumps(openapi_document(create_app(Settings())), indent=2, sort_keys=True, ensure_ascii=False))


for command in (verify, backup, restore):
    main.add_command(command)


if __name__ == "__main__":
    main()
