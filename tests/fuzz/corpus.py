"""Real media to begin from: the bundled sample in every container that the server takes, made by the bundled ffmpeg."""

from __future__ import annotations

import subprocess
from pathlib import Path

import imageio_ffmpeg

from sonotag.sample import load_sample

_PICTURE = ["-f", "lavfi", "-i", "testsrc=d=1.5:s=64x48:r=10"]
_WITH_PICTURE = [*_PICTURE, "-map", "0:a", "-map", "1:v"]
_COVER = [*_WITH_PICTURE, "-frames:v", "1", "-disposition:v", "attached_pic"]
_SIX = ["-af", "pan=5.1|FL=c0|FR=c0|FC=c0|LFE=c0|BL=c0|BR=c0"]

# Name of the file: what ffmpeg is told beside the input. Two windows where the name says `long`.
KINDS: dict[str, list[str]] = {
    "pcm16.wav": ["-c:a", "pcm_s16le"],
    "pcm8.wav": ["-c:a", "pcm_u8", "-ar", "8000"],
    "pcm24.wav": ["-c:a", "pcm_s24le", "-ar", "96000", "-t", "0.5"],
    "float.wav": ["-c:a", "pcm_f32le"],
    "six.wav": ["-c:a", "pcm_s16le", *_SIX],
    "long.wav": ["-c:a", "pcm_mulaw", "-ar", "8000", "-t", "13"],
    "adpcm.wav": ["-c:a", "adpcm_ms"],
    "rf64.wav": ["-c:a", "pcm_s16le", "-rf64", "always"],
    "pcm.w64": ["-c:a", "pcm_s16le"],
    "plain.flac": ["-c:a", "flac"],
    "picture.flac": [*_COVER, "-c:a", "flac", "-c:v", "png"],
    "cbr.mp3": ["-c:a", "libmp3lame", "-b:a", "64k"],
    "vbr.mp3": ["-c:a", "libmp3lame", "-q:a", "5", "-id3v2_version", "3", "-write_id3v1", "1", "-metadata", "title=x"],
    "cover.mp3": [*_COVER, "-c:a", "libmp3lame", "-c:v", "mjpeg"],
    "long.mp3": ["-c:a", "libmp3lame", "-b:a", "32k", "-ar", "22050", "-t", "13"],
    "opus.ogg": ["-c:a", "libopus", "-b:a", "32k"],
    "opus.opus": ["-c:a", "libopus", "-b:a", "16k", "-frame_duration", "60"],
    "vorbis.ogg": ["-c:a", "libvorbis", "-q:a", "2"],
    "flac.ogg": ["-c:a", "flac"],
    "theora.ogv": [*_WITH_PICTURE, "-c:a", "libvorbis", "-c:v", "libtheora"],
    "plain.aac": ["-c:a", "aac"],
    "plain.m4a": ["-c:a", "aac"],
    "fast.m4a": ["-c:a", "aac", "-movflags", "+faststart"],
    "alac.m4a": ["-c:a", "alac"],
    "video.mp4": [*_WITH_PICTURE, "-c:a", "aac", "-c:v", "libx264", "-preset", "ultrafast"],
    "fragments.mp4": [
        "-c:a",
        "aac",
        "-movflags",
        "+frag_keyframe+empty_moov+default_base_moof",
        "-frag_duration",
        "2e5",
    ],
    "mp3.mp4": ["-c:a", "libmp3lame"],
    "pcm.mov": ["-c:a", "pcm_s16le"],
    "video.mov": [*_WITH_PICTURE, "-c:a", "aac", "-c:v", "mpeg4"],
    "opus.webm": ["-c:a", "libopus"],
    "video.webm": [*_WITH_PICTURE, "-c:a", "libvorbis", "-c:v", "libvpx", "-deadline", "realtime"],
    "flac.mkv": ["-c:a", "flac"],
    "video.mkv": [*_WITH_PICTURE, "-c:a", "ac3", "-c:v", "mpeg4"],
    "six.mka": ["-c:a", "dca", "-strict", "-2", *_SIX],
    "pcm.aiff": ["-c:a", "pcm_s16be"],
    "float.aiff": ["-c:a", "pcm_f32be"],
    "pcm.caf": ["-c:a", "pcm_s16be"],
    "alac.caf": ["-c:a", "alac"],
    "voice.amr": ["-c:a", "libopencore_amrnb", "-ar", "8000", "-ac", "1", "-b:a", "12.2k"],
    "amr.3gp": ["-c:a", "libopencore_amrnb", "-ar", "8000", "-ac", "1", "-b:a", "12.2k"],
    "aac.3gp": ["-c:a", "aac", "-ac", "1"],
    "plain.wma": ["-c:a", "wmav2"],
    "old.wma": ["-c:a", "wmav1"],
    "video.asf": [*_WITH_PICTURE, "-c:a", "wmav2", "-c:v", "msmpeg4"],
    "pcm.avi": [*_WITH_PICTURE, "-c:a", "pcm_s16le", "-c:v", "mjpeg"],
    "mp3.avi": [*_WITH_PICTURE, "-c:a", "libmp3lame", "-c:v", "mpeg4"],
    "aac.ts": [*_WITH_PICTURE, "-c:a", "aac", "-c:v", "mpeg4"],
    "mp2.ts": ["-c:a", "mp2"],
    "mp2.mpg": [*_WITH_PICTURE, "-c:a", "mp2", "-c:v", "mpeg1video", "-r", "25"],
    "mp3.flv": ["-c:a", "libmp3lame", "-ar", "44100"],
    "video.flv": [*_WITH_PICTURE, "-c:a", "aac", "-c:v", "flv"],
    "plain.wv": ["-c:a", "wavpack", "-frame_size", "4096"],
    "plain.ac3": ["-c:a", "ac3"],
}

FEW = (
    "pcm16.wav",
    "plain.flac",
    "cbr.mp3",
    "opus.ogg",
    "fast.m4a",
    "opus.webm",
    "pcm.caf",
    "plain.wma",
    "mp2.ts",
    "amr.3gp",
)
"""For a short look: one of each family."""


class Corpus:
    """Files of each kind, made when they are first asked for."""

    def __init__(self, folder: Path, kinds: tuple[str, ...] = tuple(KINDS)) -> None:
        self.kinds = kinds
        self._folder = folder
        self._read: dict[str, bytes] = {}

    def read(self, kind: str) -> bytes:
        """Bytes of a sound file of this kind."""
        if kind not in self._read:
            path = self._folder / kind
            arguments = KINDS[kind]
            # Where something is heard: a dog, six seconds into the sample.
            sound = ["-ss", "6", "-i", str(load_sample().path)]
            length = [] if "-t" in arguments else ["-t", "1.5"]
            command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y", *sound]
            subprocess.run([*command, *arguments, *length, "-bitexact", str(path)], check=True)
            self._read[kind] = path.read_bytes()
        return self._read[kind]
