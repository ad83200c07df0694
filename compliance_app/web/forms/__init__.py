"""What the pages ask: forms check shape, rules check meaning."""
