"""What is handed over: data in, bytes out."""
