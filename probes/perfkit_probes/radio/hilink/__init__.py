"""HiLink devices: HTTP within limits (`transport`), the API (`session`), answers (`parsing`), the driver (`device`)."""
