"""What the system proposes for a new report, step by step. Every step says why and can be overruled by a person."""
