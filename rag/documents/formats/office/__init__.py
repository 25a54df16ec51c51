"""What the formats of office programs have in common: packed parts, formulas, charts, numbers."""
