"""SonoTag: type the sounds you are looking for, give it a recording, watch where they happen."""

__version__ = "0.1.0"
