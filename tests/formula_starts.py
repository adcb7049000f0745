"""How a cell of a CSV file begins that some spreadsheet takes for a formula, and runs."""

FORMULA_STARTS = (
    *("=", "+", "-", "@"),
    *("\t", "\r", "\n", "\r\n"),
    *("\t=", "\r=", "\n=", "\r\n=", " =", "   +", "\0=", " \0-", "\x01="),
    *("\u00a0=", "\u3000@", "\ufeff=", "\u200b=", "\u200e=", "\u202e=", "\u2060=", "\u00ad="),
    *("＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫", " ＝"),
)
