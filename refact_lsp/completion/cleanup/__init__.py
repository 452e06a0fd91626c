"""From what a model wrote to what may be inserted: pure steps in a fixed order.

Each step takes a `Draft` and answers a better one, or the name of the rule that drops it. A step
never touches text left of the cursor, and right of it only through `overwrite`.
"""
