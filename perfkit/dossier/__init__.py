"""The dossier of a campaign: one ZIP with inputs, results, reports and their hashes, and its verification."""
