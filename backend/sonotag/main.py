"""The composition root: builds everything once from the settings and wires it into the application."""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI

from sonotag import __version__
from sonotag.api.broadcast import Broadcasts
from sonotag.api.deps import Services, check_prompts, preset_prompts, split_prompts
from sonotag.api.document import openapi_document
from sonotag.api.errors import install_error_handlers
from sonotag.api.limits import Admission
from sonotag.api.observe import Observer
from sonotag.api.origins import HostGuard, OriginGuard
from sonotag.api.owners import OwnerCookies, OwnerMiddleware
from sonotag.api.page import SafetyHeaders, mount_page
from sonotag.api.patience import Patience
from sonotag.api.reference import mount_reference
from sonotag.api.routes import (
    access,
    analysis,
    catalogue,
    health,
    links,
    recordings,
    sources,
    system,
    uploads,
    verdicts,
)
from sonotag.api.shares import OpenShares, ShareMiddleware
from sonotag.api.signing import Signer
from sonotag.api.site import KeyMiddleware, SiteAccess, SiteMiddleware
from sonotag.api.stream import router as stream_router
from sonotag.api.watch import Watch
from sonotag.domain import Preset
from sonotag.errors import SonotagError
from sonotag.jobs.care import Caretaker
from sonotag.jobs.download import Downloads, DownloadSettings
from sonotag.jobs.encode import EncodeTools
from sonotag.jobs.events import EventLog
from sonotag.jobs.incoming import Arrivals
from sonotag.jobs.library import Library
from sonotag.jobs.link_file import link_file
from sonotag.jobs.memory import give_back
from sonotag.jobs.renditions import Renditions
from sonotag.jobs.runner import JobRunner
from sonotag.jobs.scores import Scorer
from sonotag.jobs.uploads import Uploads
from sonotag.media.decode import DecodeLimits, Decoder, find_ffmpeg
from sonotag.media.egress import EgressGuard
from sonotag.media.fetch import FetchLimits
from sonotag.media.links import Site, Sites
from sonotag.media.playback import PlaybackMaker
from sonotag.models.builtin import BuiltinEncoder
from sonotag.models.encoder import Encoder
from sonotag.models.flam import FlamSource
from sonotag.models.inference import InferenceWorker
from sonotag.models.manager import DownloadReport, LoadReport, ModelManager, ModelSource
from sonotag.models.threads import available_cpus
from sonotag.presets import load_presets
from sonotag.sample import load_sample
from sonotag.sample.windows import sample_windows
from sonotag.settings import Settings
from sonotag.store.access import KeyStore, ShareStore
from sonotag.store.database import Database
from sonotag.store.disk import Disk
from sonotag.store.files import DataDirectory
from sonotag.store.retention import Keeping
from sonotag.store.secret import MIN_PASSWORD_CHARS, kept_secret, read_secret
from sonotag.store.uploads import UploadStore
from sonotag.store.verdicts import VerdictStore

log = logging.getLogger(__name__)

RESUME_WAIT_S = 600.0
"""How long unfinished work of an earlier run waits for the model to load."""


class BuiltinSource:
    """The tagger that comes with SonoTag."""

    name = "builtin"
    title = "Built-in tagger"
    terms: str | None = None

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def absent(self) -> None:
        return None

    def download(self, report: DownloadReport) -> None:
        """Nothing to bring: the weights are part of the package."""

    def load(self, report: LoadReport) -> Encoder:
        settings = self._settings
        # One CPU is left to the decoder, which works at the same time.
        return BuiltinEncoder(settings.weights, settings.threads or max(1, available_cpus() - 1), settings.engine)


def model_sources(settings: Settings) -> dict[str, ModelSource]:
    """The models this server can use, in order of preference."""
    sources: list[ModelSource] = [BuiltinSource(settings)]
    if settings.model != "builtin":
        folder = settings.data_dir / "models" / "flam"
        # The decoder is hardly noticed beside this model: it may have every CPU.
        threads = settings.threads or available_cpus()
        flam = FlamSource(
            folder,
            settings.flam_checkpoint,
            threads=threads,
            engine=settings.engine,
            precision=settings.precision,
            sounds=lambda: sample_windows(settings.ffmpeg),
        )
        sources.insert(0, flam)
    return {source.name: source for source in sources}


@dataclass(frozen=True, slots=True)
class Outside:
    """How the server reaches the internet; tests put a rig of their own there."""

    guard: Callable[[], EgressGuard] | None = None
    certificates: Path | None = None


def link_sites(settings: Settings) -> Sites:
    """The sites whose links are taken."""
    return Sites(
        tuple(
            Site(site.name, site.title, frozenset(site.hosts), tuple(site.extractors), tuple(site.reach))
            for site in settings.link_sites
        )
    )


def own_secret(settings: Settings, data: DataDirectory) -> bytes:
    """What the server signs with: the operator's secret, or one of its own in the data directory."""
    if settings.secret is not None:
        return settings.secret.get_secret_value().encode()
    return read_secret(settings.secret_file) if settings.secret_file is not None else kept_secret(data.secret)


def decode_limits(settings: Settings) -> DecodeLimits:
    return DecodeLimits(
        max_duration_s=settings.max_duration_s, wall_s=settings.decode_timeout_s, stall_s=settings.decode_stall_s
    )


def site_password(settings: Settings) -> str | None:
    """The password that the whole server wants, if it does."""
    if settings.site_password is not None:
        return settings.site_password.get_secret_value()
    if settings.site_password_file is not None:
        return read_secret(settings.site_password_file, MIN_PASSWORD_CHARS).decode()
    return None


def build_services(settings: Settings, stack: ExitStack, outside: Outside, watch: Watch) -> Services:
    """Builds everything; `stack` closes it in reverse order. Raises StorageError, FileNotFoundError."""
    data = DataDirectory(settings.data_dir)
    disk = Disk(settings.data_dir, settings.disk_floor_bytes)
    stack.enter_context(data.held())
    disk.keep_reserve()
    database = Database(data.database)
    stack.callback(database.close)
    models = ModelManager(model_sources(settings), settings.model)
    stack.callback(models.close)
    inference = InferenceWorker()
    stack.callback(inference.close)
    ffmpeg = find_ffmpeg(settings.ffmpeg)
    limits = decode_limits(settings)
    decoder = Decoder(ffmpeg, limits)
    events = EventLog(database)
    events.observe = watch.counters.events
    watch.memory.add_cache(events.forget)
    tools = EncodeTools(data, disk, events, decoder, inference)
    arrivals = Arrivals(events, decoder.probe)
    stack.callback(arrivals.close)
    runner = JobRunner(
        settings.concurrent_jobs,
        settings.max_queued_jobs,
        settings.concurrent_arrivals,
        max_queued_per_owner=settings.max_queued_jobs_per_owner,
        speed=lambda: inference.times_real_time,
        has_memory=lambda: watch.memory.has_room,
    )
    stack.callback(runner.close)
    watch.shutdown.on_begin(runner.suspend)
    watch.shutdown.on_begin(events.ring_all)
    library = Library(data, database, tools, runner, models, arrivals)
    renditions = Renditions(data, database, lambda: PlaybackMaker(ffmpeg, limits))
    stack.callback(renditions.close)
    uploading = Uploads(
        UploadStore(database),
        database,
        library,
        disk,
        max_bytes=settings.max_upload_bytes,
        max_open=settings.max_open_uploads,
        expiry_s=settings.upload_expiry_s,
    )
    stack.callback(uploading.close)
    fetching = download_settings(settings, decoder, outside)
    downloads = Downloads(library, data, disk, new_guard(settings, outside), fetching)
    stack.callback(downloads.close)
    care = Caretaker(
        library,
        database,
        data,
        disk,
        events,
        keeping=Keeping(settings.keep_days, settings.keep_bytes),
        verify_every_s=settings.verify_hours * 3600,
    )
    stack.callback(care.close)
    signer = Signer(own_secret(settings, data))
    scorer = Scorer(data, models)
    watch.memory.add_cache(scorer.forget)
    return Services(
        settings=settings,
        data=data,
        disk=disk,
        database=database,
        events=events,
        library=library,
        renditions=renditions,
        downloads=downloads,
        uploads=uploading,
        runner=runner,
        care=care,
        scorer=scorer,
        verdicts=VerdictStore(database),
        models=models,
        inference=inference,
        presets=load_presets(),
        sample=load_sample(),
        owners=OwnerCookies(signer),
        shares=ShareStore(database),
        open_shares=OpenShares(),
        site=SiteAccess(signer, site_password(settings), KeyStore(database)),
        memory=watch.memory,
        counters=watch.counters,
        broadcasts=Broadcasts(database, events, scorer, watch.shutdown),
        shutdown=watch.shutdown,
    )


def download_settings(settings: Settings, decoder: Decoder, outside: Outside) -> DownloadSettings:
    """How links are fetched."""
    return DownloadSettings(
        sites=link_sites(settings),
        limits=FetchLimits(settings.max_upload_bytes, settings.max_duration_s, settings.download_timeout_s),
        at_once=settings.concurrent_downloads,
        decoder=decoder,
        cookies=settings.link_cookies,
        certificates=outside.certificates,
        cache=settings.data_dir / "cache" / "yt-dlp",
        packages=settings.data_dir / "yt-dlp",
        update=settings.ytdlp_update,
    )


def new_guard(settings: Settings, outside: Outside) -> Callable[[], EgressGuard]:
    """What makes the guard that links are fetched through."""
    return outside.guard or (lambda: EgressGuard(upstream=settings.link_proxy))


@dataclass(frozen=True, slots=True)
class FileTools:
    """What the command line analyses files with."""

    settings: Settings
    models: ModelManager
    encoder: Encoder
    decoder: Decoder
    inference: InferenceWorker
    presets: tuple[Preset, ...]
    outside: Outside

    @contextmanager
    def fetched(self, link: str, on_progress: Callable[[float, float | None], None]) -> Generator[Path]:
        """A file with what `link` leads to. Raises InputError, LinkError, StorageError."""
        guard = new_guard(self.settings, self.outside)()
        settings = download_settings(self.settings, self.decoder, self.outside)
        try:
            with link_file(link, guard, settings, on_progress) as path:
                yield path
        finally:
            guard.close()

    def prompts(self, prompts: str | None, preset: str | None) -> list[str]:
        """Checked prompts from a text with semicolons, or of a preset. Raises InputError, NotFoundError."""
        if prompts is None:
            return preset_prompts(preset or analysis.DEFAULT_PRESET, self.presets)
        return check_prompts(split_prompts([prompts]), self.settings)


@contextmanager
def file_tools(settings: Settings, model: str, outside: Outside | None = None) -> Generator[FileTools]:
    """Loads the model that `model` names and the rest that `sonotag analyze` needs. Raises ModelError."""
    with ExitStack() as stack:
        models = ModelManager(model_sources(settings), settings.model)
        models.start()
        stack.callback(models.close)
        encoder = models.encoder(model, wait_s=RESUME_WAIT_S)
        inference = InferenceWorker()
        stack.callback(inference.close)
        limits = decode_limits(settings)
        decoder = Decoder(find_ffmpeg(settings.ffmpeg), limits)
        yield FileTools(settings, models, encoder, decoder, inference, load_presets(), outside or Outside())


def _resume_when_ready(services: Services, closing: threading.Event) -> None:
    try:
        services.models.encoder(wait_s=RESUME_WAIT_S)
        # Loading works with much that is not needed any more.
        give_back()
        if not closing.is_set():
            resumed = services.library.resume()
            if resumed:
                log.info("going on with %d unfinished analyses", resumed)
    except SonotagError as error:
        log.error("unfinished analyses were not resumed: %s", error.message)


def create_app(settings: Settings | None = None, outside: Outside | None = None) -> FastAPI:
    """The application. Nothing is opened before its lifespan begins, so tests build as many as they like."""
    settings = settings or Settings()
    watch = Watch(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        with ExitStack() as stack:
            try:
                services = build_services(settings, stack, outside or Outside(), watch)
            except SonotagError as error:
                app.state.failure = error  # for whoever started the server, who is told in words
                raise
            services.library.clean()
            services.uploads.restore()
            services.uploads.start()
            services.downloads.restore()
            services.library.end_interrupted()
            app.state.services = services
            services.models.start()
            closing = threading.Event()
            resuming = threading.Thread(target=_resume_when_ready, args=(services, closing), name="resume", daemon=True)
            resuming.start()
            services.care.start()
            try:
                yield
            finally:
                closing.set()

    app = FastAPI(
        title="SonoTag",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        root_path=settings.root_path,
        # The document is the same under every prefix.
        root_path_in_servers=False,
    )
    install_error_handlers(app)
    for router in (
        sources.router,
        links.router,
        uploads.router,
        analysis.router,
        verdicts.router,
        recordings.router,
        access.router,
        catalogue.router,
        system.router,
        health.router,
        stream_router,
    ):
        app.include_router(router)
    app.openapi = lambda: openapi_document(app)
    app.state.watch = watch
    # The last one added is the first to see a request.
    app.add_middleware(Patience, timeout_s=settings.request_timeout_s)
    app.add_middleware(SiteMiddleware, page_dir=settings.page_dir)
    app.add_middleware(ShareMiddleware)
    app.add_middleware(OriginGuard, allowed=settings.allowed_origins)
    app.add_middleware(Admission, limiter=watch.limiter, memory=watch.memory, shutdown=watch.shutdown)
    app.add_middleware(OwnerMiddleware)
    app.add_middleware(KeyMiddleware)
    app.add_middleware(HostGuard, allowed=settings.allowed_hosts, homely=settings.shared_library)
    app.add_middleware(SafetyHeaders)
    app.add_middleware(Observer, counters=watch.counters)
    mount_reference(app)
    mount_page(app, settings.page_dir)
    return app
