"""Settings, read from environment variables `SONOTAG_*`. docs/settings.md is the table for operators."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ByteSize, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

PACKAGE_DIR = Path(__file__).parent


def default_data_dir() -> Path:
    return Path.home() / ".local" / "share" / "sonotag"


def default_page_dir() -> Path:
    """The built page: beside the checkout in development, inside the package in an installed copy."""
    packaged = PACKAGE_DIR / "page"
    return packaged if packaged.is_dir() else PACKAGE_DIR.parents[1] / "frontend" / "dist"


class LinkSite(BaseModel):
    """One more site: its yt-dlp extractors and host names, all exact, and the names that fetching may reach."""

    name: str = Field(pattern="^[a-z0-9-]{1,40}$")
    title: str
    hosts: list[str]
    extractors: list[str]
    reach: list[str]


class Settings(BaseSettings):
    """All that an operator can set. Every field is an environment variable: `data_dir` is SONOTAG_DATA_DIR."""

    # A secret that is too short must not be shown by the error that says so.
    model_config = SettingsConfigDict(env_prefix="SONOTAG_", extra="ignore", hide_input_in_errors=True)

    data_dir: Path = Field(
        default_factory=default_data_dir,
        description="Everything that must survive a restart: database and recordings.",
    )
    page_dir: Path = Field(default_factory=default_page_dir, description="The built page to serve.")
    model: Literal["auto", "flam", "builtin"] = Field(
        default="auto",
        description="Which model new analyses use; auto = FLAM as soon as it is ready, the built-in tagger until then.",
    )
    flam_checkpoint: Path | None = Field(
        default=None,
        description="FLAM's checkpoint, a file or a folder; else models/flam in the data directory.",
    )
    flam_download: bool = Field(
        default=True, description="Whether the page may fetch FLAM's weights from the hub, their licence accepted."
    )
    engine: Literal["auto", "openvino", "torch"] = Field(
        default="auto", description="What runs the models; auto = OpenVINO, or torch where OpenVINO cannot be used."
    )
    precision: Literal["auto", "float32", "bfloat16", "int8"] = Field(
        default="auto", description="What FLAM computes in; auto = the fastest here that keeps its scores."
    )
    weights: Path = Field(
        default=PACKAGE_DIR / "models" / "weights" / "builtin.safetensors",
        description="Weights of the built-in tagger.",
    )
    ffmpeg: Path | None = Field(default=None, description="An ffmpeg (6 or newer) to use instead of the bundled one.")
    threads: int = Field(
        default=0, ge=0, description="Threads for the model; 0 = as many as the container's CPU quota."
    )
    max_upload_bytes: int = Field(default=4 * 1024**3, gt=0, description="Largest file that is taken.")
    max_open_uploads: int = Field(
        default=100, gt=0, description="Uploads in pieces that may be unfinished; one more is answered 429."
    )
    upload_expiry_s: float = Field(
        default=86_400.0, gt=0, description="How long an unfinished upload waits for its next piece, in seconds."
    )
    disk_floor_bytes: int = Field(
        default=128 * 1024**2,
        ge=0,
        description="Room left on the disk: under it uploads are refused and analyses pause until there is more.",
    )
    keep_days: float = Field(
        default=0.0, ge=0, description="Recordings older than so many days are removed, but for pinned ones; 0 = never."
    )
    keep_bytes: int = Field(
        default=0,
        ge=0,
        description="Above so many bytes of recordings the oldest go, but for pinned ones; 0 = no limit.",
    )
    verify_hours: float = Field(
        default=24.0,
        ge=0,
        description="Hours between two comparisons of all files with their checksums, besides that at the start; "
        "0 = never.",
    )
    max_duration_s: float = Field(default=43_200.0, gt=0, description="Longest recording that is analysed, in seconds.")
    decode_timeout_s: float = Field(default=7_200.0, gt=0, description="Wall-clock limit for decoding one recording.")
    decode_stall_s: float = Field(
        default=30.0, ge=0, description="After so many seconds without a sign of life a decoder is replaced; 0 = never."
    )
    max_prompts: int = Field(default=200, gt=0, description="Most prompts in one request.")
    max_prompt_chars: int = Field(default=200, gt=0, description="Longest prompt, in characters.")
    max_queued_jobs: int = Field(default=256, gt=0, description="Analyses that may wait; one more is answered 429.")
    max_queued_jobs_per_owner: int = Field(
        default=64,
        ge=0,
        description="Analyses of one owner that may wait; one more is answered 429; 0 = no such bound.",
    )
    concurrent_jobs: int = Field(default=2, gt=0, description="Recordings that are decoded at the same time.")
    concurrent_arrivals: int = Field(
        default=8, gt=0, description="Recordings that are analysed at the same time while they are still arriving."
    )
    concurrent_downloads: int = Field(
        default=4, gt=0, description="Links that are fetched at the same time; one more is answered 429."
    )
    download_timeout_s: float = Field(default=7_200.0, gt=0, description="Longest that fetching one link may take.")
    link_sites: list[LinkSite] = Field(
        default_factory=list[LinkSite],
        description="Sites beside YouTube and SoundCloud whose links are taken (JSON list).",
    )
    link_cookies: Path | None = Field(
        default=None, description="A cookie file (Netscape format) to fetch links with, for sites that want a sign-in."
    )
    ytdlp_update: bool = Field(
        default=False, description="Whether the newest yt-dlp is fetched into the data directory at every start."
    )
    link_proxy: str | None = Field(default=None, description="An HTTP proxy to fetch links through.")
    secret: SecretStr | None = Field(
        default=None, min_length=16, description="What cookies are signed with; else one is kept in the data directory."
    )
    secret_file: Path | None = Field(default=None, description="A file to read that secret from.")
    root_path: str = Field(
        default="",
        pattern=r"^(/[A-Za-z0-9._~-]+)*$",
        description="The prefix under which a proxy offers the server, such as /sonotag; the proxy may take it off.",
    )
    limit_requests_per_minute: int = Field(
        default=6_000, ge=0, description="Requests of one address or owner; one more is answered 429; 0 = no limit."
    )
    limit_streams: int = Field(
        default=100,
        ge=0,
        description="Sockets and event streams that one address or owner may have open; 0 = no limit.",
    )
    limit_jobs_per_hour: int = Field(
        default=3_600, ge=0, description="Analyses and links that one address or owner may order; 0 = no limit."
    )
    limit_upload_bytes_per_hour: int = Field(
        default=256 * 1024**3, ge=0, description="Bytes that one address or owner may upload; 0 = no limit."
    )
    request_timeout_s: float = Field(
        default=60.0,
        gt=0,
        description="How long a request may take to come, or an upload may bring nothing, in seconds.",
    )
    memory_limit: Literal["auto"] | ByteSize = Field(
        default="auto",
        description="Memory beyond which new work is refused, such as 2GB; auto = the container's; 0 = no limit.",
    )
    site_password: SecretStr | None = Field(
        default=None, min_length=8, description="A password that the whole server wants; none = it is open."
    )
    site_password_file: Path | None = Field(default=None, description="A file to read that password from.")
    shared_library: bool = Field(
        default=False, description="Whether everybody sees, and may delete, every recording: for a trusted home."
    )
    allowed_hosts: list[str] = Field(
        default_factory=list[str],
        description="Host names that the server answers to (JSON list); empty = any, with a shared library a home's.",
    )
    allowed_origins: list[str] = Field(
        default_factory=list[str],
        description="Origins beside the server's own that may open sockets and send unsafe requests (JSON list).",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="How much is logged.")
    log_format: Literal["text", "json"] = Field(default="text", description="Log lines for people or for machines.")
