"""What the user names as input, as a flat sequence of files: folders and archives are looked into."""
