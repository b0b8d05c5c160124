"""What is shown: figures made from results computed upstream."""
