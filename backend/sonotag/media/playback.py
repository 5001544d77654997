"""What a browser plays: originals as they are, and a copy of those that it cannot decode."""

from __future__ import annotations

import threading
from pathlib import Path

from sonotag.domain import MediaInfo
from sonotag.errors import CancelledError
from sonotag.media.decode import DecodeLimits, descriptor_of
from sonotag.media.partial import PartialFile
from sonotag.media.reader import ChildReader
from sonotag.media.sandbox import COPY_FILTER, Child

PLAYBACK_MEDIA_TYPE = "audio/ogg"
PLAYBACK_SUFFIX = ".ogg"

_BLOCK_BYTES = 1 << 18
_OCTETS = "application/octet-stream"

# Containers by the first of the names that ffmpeg gives them: (media type without video, with video).
_MEDIA_TYPES = {
    "aac": ("audio/aac", "audio/aac"),
    "ac3": ("audio/ac3", "audio/ac3"),
    "aiff": ("audio/aiff", "audio/aiff"),
    "amr": ("audio/amr", "audio/amr"),
    "asf": ("audio/x-ms-wma", "video/x-ms-asf"),
    "avi": ("video/x-msvideo", "video/x-msvideo"),
    "caf": ("audio/x-caf", "audio/x-caf"),
    "flac": ("audio/flac", "audio/flac"),
    "flv": ("video/x-flv", "video/x-flv"),
    "matroska": ("audio/webm", "video/webm"),
    "mov": ("audio/mp4", "video/mp4"),
    "mp3": ("audio/mpeg", "audio/mpeg"),
    "mpeg": ("video/mpeg", "video/mpeg"),
    "mpegts": ("video/mp2t", "video/mp2t"),
    "ogg": ("audio/ogg", "video/ogg"),
    "w64": ("audio/x-w64", "audio/x-w64"),
    "wav": ("audio/wav", "audio/wav"),
    "wv": ("audio/x-wavpack", "audio/x-wavpack"),
}

_PLAYABLE_CODECS = {
    "aac": {"aac"},
    "flac": {"flac"},
    "matroska": {"opus", "vorbis"},
    "mov": {"aac", "mp3", "opus", "flac"},
    "mp3": {"mp3"},
    "ogg": {"opus", "vorbis", "flac"},
    "wav": {"pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le"},
}


def is_browser_playable(info: MediaInfo) -> bool:
    """Return whether the current desktop and mobile browsers play the original's sound as it is."""
    return info.audio_codec in _PLAYABLE_CODECS.get(info.container, ())


def media_type_of(info: MediaInfo) -> str:
    """Return the type under which to serve an original: by what it is, never by what its sender called it.

    Always an audio or video type or application/octet-stream, so nothing that a browser would run.
    """
    plain, with_video = _MEDIA_TYPES.get(info.container, (_OCTETS, _OCTETS))
    return with_video if info.has_video else plain


class PlaybackMaker:
    """Makes one playable copy: Ogg Opus, whose times are exact although it is written in one go.

    (MP3 and fragmented MP4 from a pipe carry neither their length nor the encoder's delay.) `cancel` may be
    called from any thread, before or during `make`.
    """

    def __init__(self, ffmpeg: Path, limits: DecodeLimits | None = None) -> None:
        """`ffmpeg` is given by an absolute path; `limits` are those of decoding."""
        self._ffmpeg = ffmpeg
        self._limits = limits or DecodeLimits()
        self._lock = threading.Lock()
        self._reader: ChildReader | None = None
        self._cancelled = False

    def cancel(self) -> None:
        """Stop the copy that is being made, or will be: `make` raises CancelledError."""
        with self._lock:
            self._cancelled = True
            if self._reader is not None:
                self._reader.cancel()

    def make(self, source: Path, destination: Path) -> None:
        """Write a copy of `source`'s sound to `destination`, which appears only when it is whole.

        Blocks; about 200 times faster than real time on one core. A recording that runs over the limit on
        duration is copied up to there. Raises MediaError as decoding does, StorageError, CancelledError.
        """
        target = PartialFile(destination)
        try:
            target.open()
            self._copy(source, target)
            target.commit()
        except BaseException:
            target.discard()
            raise

    def _copy(self, source: Path, target: PartialFile) -> None:
        reader = self._start(source, seekable=True)
        try:
            reader.await_banner()
            if reader.report.opens_as_stream:
                reader.close()
                reader = self._start(source, seekable=False)
                reader.await_banner()
            block = memoryview(bytearray(_BLOCK_BYTES))
            while filled := reader.read_into(block):
                target.write(block[:filled])
            returncode = reader.finish()
            if limit := reader.report.limit_error(returncode):
                raise limit
            # A damaged original gives what there is; Ogg pages without a sample come only from an empty one.
            if target.size_bytes == 0:
                raise reader.report.input_error(returncode)
        finally:
            with self._lock:
                self._reader = None
            reader.close()

    def _start(self, source: Path, *, seekable: bool) -> ChildReader:
        with self._lock:
            if self._cancelled:
                raise CancelledError("The work on this recording was cancelled.")
            with descriptor_of(source) as stdin_fd:
                child = Child(
                    self._ffmpeg,
                    self._arguments(),
                    stdin_fd=stdin_fd,
                    limits=self._limits.process,
                    seekable=seekable,
                )
            self._reader = ChildReader(child, self._limits.wall_s, stall_s=self._limits.stall_s)
            return self._reader

    def _arguments(self) -> list[str]:
        limits = ["-t", f"{self._limits.max_duration_s:.3f}", "-map_metadata", "-1"]
        track = ["-map", "0:a:0", "-vn", "-sn", "-dn", "-af", COPY_FILTER]
        codec = ["-c:a", "libopus", "-b:a", "96k", "-compression_level", "3", "-f", "ogg", "pipe:1"]
        return [*track, *limits, *codec]
