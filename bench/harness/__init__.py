"""What the measuring programs beside this folder share: processes, peers, load and reports."""
