"""The console: `tally3220 <noun> <verb>`."""
