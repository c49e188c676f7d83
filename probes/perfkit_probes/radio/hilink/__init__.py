"""HiLink devices: huawei-lte-api within limits (`session`), answers as values (`parsing`), the driver (`device`)."""
