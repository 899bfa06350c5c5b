"""Functions of functions: gradients, products, Jacobians, and mapping over a batch, which nest in any order.

>>> import autograd
>>> from autograd.func import grad, vmap
>>> def loss(w, x, y):
...     return (w @ x - y) ** 2
>>> w, x, y = autograd.ones(2), autograd.tensor([[1.0, 2.0], [3.0, 4.0]]), autograd.tensor([0.0, 1.0])
>>> vmap(grad(loss), in_dims=(None, 0, 0))(w, x, y)  # the gradient of each example
tensor([[ 6., 12.],
        [36., 48.]])
"""

from autograd.batching.table import batching_rule
from autograd.batching.vmap import vmap
from autograd.func.functional_call import functional_call, stack_module_state
from autograd.func.gradients import grad, grad_and_value, value_and_grad
from autograd.func.jacobians import hessian, jacfwd, jacrev
from autograd.func.products import jvp, linearize, vjp

__all__ = [
    "batching_rule", "functional_call", "grad", "grad_and_value", "hessian", "jacfwd", "jacrev", "jvp", "linearize",
    "stack_module_state", "value_and_grad", "vjp", "vmap",
]  # fmt: skip
