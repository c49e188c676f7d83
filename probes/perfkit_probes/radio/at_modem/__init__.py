"""AT modems: bytes (`transport`), commands (`channel`), answers as values (`parsing`), the driver (`device`)."""
