"""Reads what ffmpeg says on its standard error: what the file claims to be, and what went wrong with it.

Tags of the file are printed there too, so every line may be a stranger's text. Nothing here is trusted: a
file that lies about itself gets a wrong label or is refused, and the limits on output and time hold all the
same.
"""

from __future__ import annotations

import errno
import re
import signal

from sonotag.domain import MediaInfo
from sonotag.errors import MediaError
from sonotag.media.sandbox import decoder_missing

_TAIL_BYTES = 4096
_LINE_BYTES = 1024
# How ffmpeg ends when it gets no memory, or no thread for want of memory: the low byte of -errno.
_STARVED_STATUSES = (256 - errno.ENOMEM, 256 - errno.EAGAIN)
# Nobody records sound at less than this: a header that says so is wrong, or the file holds something else.
_LOWEST_CREDIBLE_RATE_HZ = 1000
_INPUT = re.compile(rb"\[info\] Input #0, ([\w,]{1,80}), from '(?:fd:|pipe:0)':")
_DURATION = re.compile(rb"\[info\]   Duration: (\d{1,9}):(\d\d):(\d\d\.\d+)[, ]")
_STREAM = re.compile(rb"\[info\] {2,6}Stream #0:\d+(?:\[0x[0-9a-f]+\])?(?:\([^()]{0,40}\))?: (Audio|Video): (\w{1,40})")
_RATE = re.compile(rb", (\d{1,10}) Hz, ")
_CONTAINER_END = re.compile(rb"\[info\] (?:Stream mapping:|Output #0)")
_ERROR = re.compile(rb"\[(?:error|fatal|panic)\] ")
_NO_MEMORY = re.compile(rb"\[(?:error|fatal)\] [^\n]*Cannot allocate memory")
_TORN_MP3 = b"Failed to find two consecutive MPEG audio frames"
_CPU_SIGNAL = re.compile(rb"^(?:\[\w+\] )?Exiting normally, received signal %d\." % signal.SIGXCPU, re.MULTILINE)


class Report:
    """Takes the bytes of standard error as they come; memory stays bounded whatever is printed."""

    def __init__(self) -> None:
        self.banner_complete = False
        self.estimated_duration = False
        self.error_lines = 0
        self.has_input = False
        self._container = ""
        self._duration_s: float | None = None
        self._audio_codec = ""
        self._rate_hz: int | None = None
        self._has_video = False
        self._line = bytearray()
        self._tail = b""

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        self._tail = (self._tail + data)[-_TAIL_BYTES:]
        *lines, rest = data.split(b"\n")
        for line in lines:
            self._take_line(bytes(self._line) + line[:_LINE_BYTES])
            self._line.clear()
        # A tag can be megabytes long on one line; its beginning is all that can matter.
        self._line += rest[: _LINE_BYTES - len(self._line)]

    def _take_line(self, line: bytes) -> None:
        if _ERROR.search(line):
            self.error_lines += 1
        if self.banner_complete:
            return
        if found := _INPUT.match(line):
            if not self.has_input:
                self.has_input = True
                self._container = found[1].split(b",")[0].decode("ascii")
        elif found := _DURATION.match(line):
            if self._duration_s is None:
                self._duration_s = int(found[1]) * 3600.0 + int(found[2]) * 60.0 + float(found[3])
        elif found := _STREAM.match(line):
            self._take_stream(found[1], found[2].decode("ascii"), line)
        elif b"Estimating duration from bitrate" in line:
            self.estimated_duration = True
        elif _CONTAINER_END.match(line):
            self.banner_complete = True

    def _take_stream(self, kind: bytes, codec: str, line: bytes) -> None:
        if kind == b"Audio":
            if not self._audio_codec:  # the first one is what is decoded
                self._audio_codec = codec
                rate = _RATE.search(line)
                self._rate_hz = int(rate[1]) if rate else None
        elif b"(attached pic)" not in line:  # the cover of an album is not a video
            self._has_video = True

    @property
    def has_audio(self) -> bool:
        return bool(self._audio_codec)

    @property
    def opens_as_stream(self) -> bool:
        """Whether ffmpeg refused a file that it takes when it cannot seek: a torn MP3, whose frames it compares only
        where it can go back. What was heard of one while it arrived must be heard again, and played.
        """
        return not self.has_input and _TORN_MP3 in self._tail

    @property
    def info(self) -> MediaInfo:
        """What the file claims. A length that ffmpeg only guessed from the bitrate is given as None."""
        return MediaInfo(
            duration_s=None if self.estimated_duration else self._duration_s,
            container=self._container,
            audio_codec=self._audio_codec,
            has_video=self._has_video,
        )

    @property
    def details(self) -> str:
        """The end of what was printed, for the log."""
        return self._tail.decode("utf-8", "replace")[-2000:]

    def limit_error(self, returncode: int) -> MediaError | None:
        """Return the error of a child that ran into one of its limits, or None."""
        # A tag may contain the same words, so they count only together with the status.
        if returncode == -signal.SIGXCPU or (returncode == 255 and _CPU_SIGNAL.search(self._tail)):
            return decode_timeout(self.details)
        starved = returncode in _STARVED_STATUSES or (returncode > 0 and _NO_MEMORY.search(self._tail))
        if returncode < 0 or starved:
            return MediaError(
                "Decoding this file takes more memory than is allowed."
                if starved
                else "The decoder crashed on this file.",
                hint="Convert it to WAV, FLAC or MP3 on your side and try again.",
                code="decoder_failed",
                details=f"status {returncode}: {self.details}",
            )
        return None

    def input_error(self, returncode: int) -> MediaError:
        """Return the error of a child that ended with `returncode` without a single sample."""
        if not self.has_input:
            return self._refused(returncode)
        if not self.has_audio:
            what = "no sound in it, only pictures" if self._has_video else "no audio track"
            return MediaError(
                f"This file has {what}.",
                hint="Choose a file with an audio track.",
                code="no_audio_track",
                details=self.details,
            )
        if returncode == 0:
            return self._without_samples()
        if b"Rematrix is needed" in self._tail:
            return MediaError(
                "The file does not say how its many channels are arranged.",
                hint="Mix it down to stereo or mono and try again.",
                details=self.details,
            )
        return MediaError(
            f"The audio of this file ({self._audio_codec}) could not be decoded.",
            hint="It may be damaged or copy-protected. Convert it to WAV, FLAC or MP3 and try again.",
            details=f"status {returncode}: {self.details}",
        )

    def _without_samples(self) -> MediaError:
        # ffmpeg's resampler turns a few samples (fewer than 24 below 48 kHz) into none and calls it a success.
        if self._rate_hz is not None and self._rate_hz < _LOWEST_CREDIBLE_RATE_HZ:
            return MediaError(
                f"This file gives {self._rate_hz} Hz as its sample rate and holds too few samples to make sound of.",
                hint="The sample rate in its header is probably wrong. Export it again, at 8000 Hz or more.",
                details=self.details,
            )
        return MediaError(
            "There is no sound in this file: its audio track is empty or only a few samples long.",
            hint="The recording may have been stopped at once; choose another file.",
            code="empty_file",
            details=self.details,
        )

    def _refused(self, returncode: int) -> MediaError:
        if returncode in (126, 127) or b"error while loading shared libraries" in self._tail:
            return decoder_missing(f"status {returncode}: {self.details}")
        message = "This is not an audio or video file, or it is damaged at its very beginning."
        hint = "Choose a recording such as WAV, FLAC, MP3, OGG, M4A, WebM or MP4."
        if b"moov atom not found" in self._tail:
            message = "This MP4 or M4A file is incomplete: the index that players need is missing."
            hint = "It was probably cut off while being saved or copied. Copy or export it again."
        elif b"Format not on whitelist" in self._tail or b"hls with non standard" in self._tail:
            message = "This is a playlist or a kind of file that is not accepted, not a recording."
        return MediaError(message, hint=hint, details=f"status {returncode}: {self.details}")


def decode_timeout(details: str) -> MediaError:
    """Return the error of a file that takes too long to decode."""
    return MediaError(
        "Decoding this file took too long and was stopped.",
        hint="Convert it to WAV, FLAC or MP3 on your side, or cut it into shorter pieces, and try again.",
        code="decode_timeout",
        details=details,
    )
