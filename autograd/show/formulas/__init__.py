"""The derivatives of the table, written: as text, as LaTeX and MathML, and as JavaScript.

symbols      pass through the formulas of the table and write down what they do
expressions  what comes of that
notation     how an expression is written as text, LaTeX and JavaScript; `special.js` has its special functions
mathml       how it is written for browsers
formula      `formula`: the derivative of one operation in one argument
forwards     what operations compute
documented   what is said of derivatives through which no symbols can pass
derive       the derivative of an expression of several operations
scalar_ops   which operation of the table each operation of `Value` is
"""
