"""Short programs in the words people use: each runs under PyTorch and under this project, with equal results.

Where `programs/` has whole programs, this is a table of the forms their lines take: methods and functions, `dim` and
`axis`, keywords and positions, indexing, in-place writes, conversions. Values, dtypes, shapes and kinds of results are
compared.
"""

import math
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import nn.functional
import optim

# fmt: off
IDIOMS: list[tuple[str, list[str]]] = [
    (
        "x = torch.arange(12.0).view(3, 4).sin().requires_grad_(); "
        "F.cross_entropy(x.t(), torch.tensor([0, 2, 1, 0])).backward()", [
        "x.grad",
    ]),
    ("x = torch.arange(6.0).view(2, -1)", [
        "x.sum(axis=1)", "x.sum(dim=(0, 1))", "x.mean(1, keepdim=True)", "x.max(axis=1)",
    ]),
    ("x = torch.arange(6.0).view(2, -1)", [
        "torch.sum(x, 1)", "torch.sum(input=x, dim=0, keepdim=True)", "torch.mean(x, dim=-1)",
        "torch.std(x, dim=1, unbiased=False)", "torch.var(x, 1, correction=0)",
    ]),
    ("x = torch.arange(6.0).view(2, -1)", [
        "x.norm(dim=1)", "x.norm(p=1)", "torch.norm(x, p='fro')", "torch.norm(x, 2, 1)",
    ]),
    ("x = torch.tensor([3.0, 1.0, 2.0]); v, i = x.sort(descending=True)", [
        "v", "i", "x.argsort()", "x.topk(2)", "torch.topk(x, k=1, largest=False)",
    ]),
    ("x = torch.tensor([3.0, 1.0, 2.0])", [
        "torch.max(x)", "torch.max(x, 0)", "torch.max(x, torch.zeros(3))", "x.argmax()",
        "torch.argmax(x, dim=0, keepdim=True)",
    ]),
    ("x = torch.tensor([[1, 2], [3, 4]])", [
        "x.T", "x.t()", "x.mT", "x @ x", "x.mm(x)", "x.matmul(x)", "x * x", "x.mul(2)", "x // 2", "x % 2", "x ** 2",
        "-x", "~x", "x & 1", "x | 1", "x ^ 1", "x << 1", "x >> 1",
    ]),
    ("x = torch.tensor([1.0, 2.0])", [
        "2 / x", "2 - x", "2 ** x", "x / 2", "x // 0.3", "x % 0.7", "5 // x", "5 % x", "abs(-x)", "x.float().int()",
        "round(x[0].item(), 1)", "divmod(x[0].item(), 1)",
    ]),
    (
        "x = torch.zeros(3, 4); x[1] = 5; x[:, 2] = 7; x[0, 0] = 1; x[x > 6] = -1; x[-1] += torch.arange(4.0); "
        "x[..., 1] *= 2", [
        "x",
    ]),
    (
        "x = torch.zeros(3, 4); x[[0, 2], [1, 3]] = torch.tensor([1.0, 2.0]); x[torch.tensor([True, False, True])] "
        "+= 1", [
        "x", "x[:, None].shape", "x[None].shape", "x[..., -1]", "x[::2]", "x[1:, 1:3]",
    ]),
    ("x = torch.arange(12).reshape(3, 4)", [
        "x[x % 2 == 0]", "x[1, [0, 2]]", "x[[1, 2]][:, [0, 1]]", "x[(x > 3) & (x < 9)]",
        "x[torch.arange(3), torch.tensor([0, 1, 2])]", "x.select(0, 1)", "x.narrow(1, 1, 2)", "x.unbind(1)[0]",
    ]),
    ("x = torch.arange(4.0); x.requires_grad_(); y = (x ** 2).sum(); y.backward()", [
        "x.grad", "x.grad.shape", "x.grad.dtype", "y.item()", "y.grad_fn is not None", "x.is_leaf",
    ]),
    (
        "x = torch.ones(2, requires_grad=True); y = x * 2; y.retain_grad(); y.sum().backward(retain_graph=True); "
        "y.sum().backward()", [
        "x.grad", "y.grad",
    ]),
    (
        "x = torch.ones(2, requires_grad=True); h = []; (x * 3).register_hook(lambda g: h.append(g.clone())); y = x "
        "* 3; y.register_hook(lambda g: g * 2); y.sum().backward()", [
        "x.grad",
    ]),
    (
        "a = torch.tensor(2.0, requires_grad=True); g = torch.autograd.grad(a ** 3, a, create_graph=True)[0]; g2 = "
        "torch.autograd.grad(g, a)[0]", [
        "g", "g2",
    ]),
    ("x = torch.randn(3, 4)", [
        "x.shape", "x.size(0)", "x.dim()", "x.ndim", "x.numel()", "x.nelement()", "x.dtype", "x.device",
        "x.is_contiguous()", "x.stride()", "len(x)", "x.element_size()", "x.storage_offset()",
    ]),
    ("x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])", [
        "x.tolist()", "x.numpy()", "x[0].numpy()", "x.detach().cpu().numpy()", "np.array(x)", "x.clone().detach()",
        "x.new_tensor([1])", "x.new_zeros(2, 2)", "x.new_ones((1,))", "x.new_full((2,), 3.0)", "x.new_empty(0)",
    ]),
    ("", [
        "torch.cat([torch.ones(1, 2), torch.zeros(1, 2)])", "torch.cat((torch.ones(1, 2), torch.zeros(1, 2)), dim=1)",
        "torch.stack([torch.ones(2), torch.zeros(2)], dim=-1)", "torch.hstack([torch.ones(2), torch.zeros(1)])",
        "torch.vstack([torch.ones(2), torch.zeros(2)])",
    ]),
    ("x = torch.arange(10)", [
        "x.split(3)", "x.chunk(3)", "torch.split(x, [4, 6])", "x.view(2, 5).unbind()", "torch.tensor_split(x, 3)",
        "x.unfold(0, 4, 2)", "x.repeat(2, 1).shape", "x.expand(2, 10).shape", "x.repeat_interleave(2)[:4]",
        "torch.tile(x, (2,))[:3]",
    ]),
    ("x = torch.arange(24).reshape(2, 3, 4)", [
        "x.permute(2, 0, 1).shape", "x.transpose(0, 2).shape", "x.flatten(1).shape", "x.flatten().shape",
        "x.reshape(-1).shape", "x.view(6, 4).shape", "x.unsqueeze(-1).shape", "x[None].squeeze(0).shape",
        "x.swapaxes(0, 1).shape", "x.movedim(0, -1).shape", "x.view_as(torch.zeros(4, 6)).shape",
        "x.reshape_as(torch.zeros(24)).shape",
    ]),
    ("x = torch.tensor([1.0, float('nan'), float('inf'), -float('inf')])", [
        "torch.isnan(x)", "x.isinf()", "torch.isfinite(x)", "torch.nan_to_num(x)",
        "x.nan_to_num(nan=1.0, posinf=2.0, neginf=3.0)", "x.nansum()", "(x != x).any()",
        "torch.isnan(x).sum().item()",
    ]),
    ("x = torch.tensor([0.5, -1.5, 2.5])", [
        "x.round()", "x.floor()", "x.ceil()", "x.trunc()", "x.frac()", "x.clamp(-1, 1)", "x.clamp(min=0)",
        "x.clamp(max=0.0)", "x.clamp_min(0)", "x.clip(0, 1)", "torch.clamp(x, min=torch.zeros(3))", "x.sign()",
        "x.abs()", "x.neg()", "x.sigmoid()", "x.relu()", "x.exp()", "x.tanh()", "x.sqrt()", "x.log1p()",
        "torch.relu(x)", "torch.sigmoid(x)",
    ]),
    ("x = torch.tensor([1, 2, 3])", [
        "x.float() / 2", "x / 2", "x.true_divide(2)", "x.div(2, rounding_mode='floor')",
        "torch.div(x, 2, rounding_mode='trunc')", "x.sum()", "x.float().mean()", "x.prod()", "x.cumsum(0)",
        "x.cumprod(0)", "x.double().std()", "x.max()", "x.min().item()", "x.bool().all()", "x.any()", "(x > 1).sum()",
        "(x == 2).nonzero()", "x.eq(2)", "torch.equal(x, x)", "torch.allclose(x.float(), x.float())", "x.unique()",
        "torch.unique(x, return_counts=True)", "x.bincount()", "x.diff()", "x.flip(0)", "x.roll(1)",
    ]),
    ("x = torch.eye(3)", [
        "x.trace()", "x.diag()", "torch.diag(torch.ones(2))", "x.triu()", "torch.tril(torch.ones(3, 3), -1)",
        "x.diagonal()", "x.det()", "x.inverse()", "torch.linalg.inv(x)", "torch.linalg.norm(x)", "x.logdet()",
        "torch.outer(torch.ones(2), torch.ones(3))", "torch.dot(torch.ones(2), torch.ones(2))",
        "torch.einsum('ij,jk->ik', x, x)", "torch.bmm(x[None], x[None])", "torch.mv(x, torch.ones(3))",
        "torch.addmm(x, x, x)", "torch.baddbmm(x[None], x[None], x[None])",
        "torch.cross(torch.tensor([1.0, 0, 0]), torch.tensor([0, 1.0, 0]), dim=0)",
        "torch.kron(x, torch.ones(1, 1)).shape", "torch.matrix_exp(torch.zeros(2, 2))", "x.matrix_power(2)",
    ]),
    ("x = torch.tensor([[1.0, 2.0], [3.0, 4.0]]); idx = torch.tensor([[0], [1]])", [
        "x.gather(1, idx)", "torch.gather(x, dim=1, index=idx)", "x.scatter(1, idx, 9.0)",
        "torch.zeros(2, 2).scatter_(1, idx, 1)", "torch.zeros(2, 2).scatter_add_(1, idx, torch.ones(2, 1))",
        "x.index_select(1, torch.tensor([1]))", "torch.index_select(x, 0, torch.tensor([0]))",
        "x.masked_select(x > 1)", "x.masked_fill(x > 2, 0)", "torch.where(x > 2, x, 0.0)", "torch.where(x > 2)",
        "x.take(torch.tensor([0, 3]))", "x.index_fill(0, torch.tensor([0]), -1)",
        "x.index_add(0, torch.tensor([0]), torch.ones(1, 2))", "torch.take_along_dim(x, idx, 1)",
        "x.index_copy(0, torch.tensor([1]), torch.zeros(1, 2))", "x.put(torch.tensor([0]), torch.tensor([5.0]))",
        "x.index_put((torch.tensor([0]),), torch.tensor([7.0, 7.0]))",
    ]),
    (
        "x = torch.zeros(2, 3); x.fill_(3.0); x.zero_(); x.add_(1).mul_(2).sub_(0.5).div_(2); x.copy_(torch.ones(2, "
        "3)); x.clamp_(0, 0.5); x.exp_(); x.sqrt_(); x.pow_(2); x.neg_(); x.abs_(); x.t_(); x.unsqueeze_(0); "
        "x.squeeze_(0); x.masked_fill_(x > 1, 0)", [
        "x",
    ]),
    (
        "x = torch.zeros(3, 3); x.fill_diagonal_(1); x.index_fill_(0, torch.tensor([0]), 5); "
        "x.addcmul_(torch.ones(3, 3), torch.ones(3, 3), value=2); x.lerp_(torch.zeros(3, 3), 0.5); "
        "x.addcdiv_(torch.ones(3, 3), torch.ones(3, 3)); x.floor_(); x.round_(); x.tanh_(); x.sigmoid_(); x.relu_(); "
        "x.log_(); x.sin_()", [
        "x",
    ]),
    (
        "x = torch.ones(2, 2); y = x.add(x, alpha=2); y = torch.add(y, x, alpha=0.5); y = torch.sub(y, x, alpha=2); "
        "y = torch.mul(y, 2); y = torch.div(y, 3)", [
        "y", "torch.addcmul(x, x, x, value=2)", "torch.addcdiv(x, x, x, value=0.1)", "torch.lerp(x, x * 2, 0.3)",
        "torch.pow(2, x)", "torch.pow(x, 2)", "x.remainder(2)", "torch.fmod(x, 2)", "torch.rsqrt(x)", "x.square()",
        "torch.hypot(x, x)", "torch.atan2(x, x)",
    ]),
    ("", [
        "torch.linspace(0, 1, 5)", "torch.arange(0, 1, 0.25)", "torch.arange(5, 0, -2)", "torch.logspace(0, 2, 3)",
        "torch.full((2,), True)", "torch.full([2], 7)", "torch.empty(2, 0).shape", "torch.zeros([2, 2])",
        "torch.ones((2,))", "torch.eye(2, 3)", "torch.zeros(2, dtype=torch.long)",
        "torch.tensor([1, 2], dtype=torch.float)",
        "torch.meshgrid(torch.arange(2), torch.arange(3), indexing='ij')[0]", "torch.combinations(torch.arange(3))",
        "torch.cartesian_prod(torch.arange(2), torch.arange(2))", "torch.tril_indices(2, 2)",
        "torch.as_tensor([1.0])", "torch.from_numpy(np.ones(2))", "torch.scalar_tensor(3.0)",
    ]),
    ("", [
        "torch.manual_seed(0) is not None", "torch.rand(2).shape", "torch.randn(2, 3).shape",
        "torch.randint(0, 5, (2,)).dtype", "torch.randint(5, (2,)).shape", "torch.randperm(4).sort().values",
        "torch.bernoulli(torch.ones(2))", "torch.multinomial(torch.tensor([0.0, 1.0]), 2, replacement=True)",
        "torch.normal(torch.zeros(2), torch.ones(2)).shape", "torch.normal(0, 1, size=(2,)).shape",
        "torch.empty(3).uniform_(0, 1).shape", "torch.empty(2).normal_().shape",
        "torch.rand_like(torch.ones(2)).shape", "torch.randn_like(torch.ones(2)).shape",
        "torch.randint_like(torch.ones(2), 3).dtype", "torch.poisson(torch.zeros(2))",
        "torch.empty(2).exponential_().shape", "torch.empty(2).random_(3).shape",
    ]),
    ("x = torch.tensor(3.7)", [
        "float(x)", "int(x)", "bool(x)", "x.item()", "f'{x:.1f}'", "str(x)", "repr(x)", "x.long()",
        "x.type(torch.int32)", "x == 3.7", "x > 3", "x.__class__.__name__", "x.ndim", "x.dim()", "list(x.shape)",
        "x.numel()", "x.tolist()", "max(x, torch.tensor(1.0))", "min(x, torch.tensor(1.0))", "sum([x, x])",
        "math.floor(x)", "round(float(x))",
    ]),
    ("x = torch.tensor([1.0, 2.0, 3.0])", [
        "[v.item() for v in x]", "list(x)", "sum(x)", "max(x)", "sorted(x.tolist())", "len(x)", "x[0] in x", "2 in x",
        "[i for i, v in enumerate(x) if v > 1]", "dict(zip('abc', x))", "tuple(x)", "x.__len__()", "next(iter(x))",
        "list(zip(x, x))", "list(map(float, x))", "any(x > 2)", "all(x > 0)",
    ]),
    ("x = torch.tensor([1.0, 2.0]); a, b = x", [
        "a", "b", "(a + b).item()", "torch.stack((a, b))", "torch.tensor([a, b])",
        "torch.tensor([a.item(), b.item()])",
    ]),
    ("l = F.cross_entropy(torch.tensor([[1.0, 2.0], [3.0, 1.0]]), torch.tensor([0, 1]))", [
        "l", "F.cross_entropy(torch.tensor([[1.0, 2.0]]), torch.tensor([[0.3, 0.7]]))",
        "F.nll_loss(torch.log_softmax(torch.ones(2, 3), 1), torch.tensor([0, 2]))",
        "F.mse_loss(torch.ones(2), torch.zeros(2))", "F.l1_loss(torch.ones(2), torch.zeros(2), reduction='sum')",
        "F.binary_cross_entropy(torch.tensor([0.3]), torch.tensor([1.0]))",
        "F.binary_cross_entropy_with_logits(torch.tensor([0.3]), torch.tensor([1.0]), "
        "pos_weight=torch.tensor([2.0]))",
        "F.smooth_l1_loss(torch.ones(2), torch.zeros(2))", "F.huber_loss(torch.ones(2) * 3, torch.zeros(2))",
    ]),
    ("x = torch.tensor([[1.0, -2.0, 3.0]])", [
        "F.relu(x)", "F.softmax(x, dim=1)", "F.softmax(x, -1)", "F.log_softmax(x, dim=-1)", "F.gelu(x)",
        "F.gelu(x, approximate='tanh')", "F.silu(x)", "F.elu(x)", "F.leaky_relu(x, 0.1)", "F.softplus(x)",
        "F.logsigmoid(x)", "F.sigmoid(x)", "F.tanh(x)", "F.hardtanh(x)", "F.normalize(x, dim=1)",
        "F.one_hot(torch.tensor([1, 0]), 3)", "F.linear(x, torch.ones(2, 3), torch.ones(2))",
        "F.dropout(x, 0.5, training=False)", "F.cosine_similarity(x, x)", "F.pairwise_distance(x, x + 1)",
        "F.mish(x)", "F.selu(x)", "F.glu(torch.ones(2, 4))", "F.hardswish(x)", "F.softmin(x, 1)",
        "F.threshold(x, 0.5, 0.0)", "F.relu6(x)", "F.celu(x)", "F.hardshrink(x)", "F.softsign(x)",
    ]),
    ("m = nn.Linear(3, 2); m.weight.data.fill_(0.5); nn.init.zeros_(m.bias)", [
        "m(torch.ones(1, 3))", "m", "[n for n, _ in m.named_parameters()]",
        "[tuple(p.shape) for p in m.parameters()]", "sum((p.numel() for p in m.parameters()))",
        "list(m.state_dict())", "m.training", "m.in_features",
    ]),
    ("m = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)); [p.data.fill_(0.1) for p in m.parameters()]", [
        "m", "m(torch.ones(2, 2))", "len(m)", "m[0]", "m[-1].weight", "[type(l).__name__ for l in m]",
        "m.eval().training", "[n for n, _ in m.named_modules()]",
    ]),
    (
        "m = nn.Sequential(nn.Linear(2, 2), nn.Sigmoid()); [p.data.fill_(0.1) for p in m.parameters()]; o = "
        "optim.SGD(m.parameters(), lr=0.1, momentum=0.9); l = m(torch.ones(1, 2)).sum(); o.zero_grad(); "
        "l.backward(); o.step()", [
        "[p.data for p in m.parameters()]", "o.param_groups[0]['lr']", "o",
    ]),
    (
        "m = nn.Linear(2, 2); [p.data.fill_(0.1) for p in m.parameters()]; o = optim.Adam(m.parameters(), lr=0.01, "
        "betas=(0.9, 0.99), eps=1e-08, weight_decay=0.1); [(o.zero_grad(set_to_none=True), m(torch.ones(1, "
        "2)).pow(2).sum().backward(), o.step()) for _ in range(3)]", [
        "[p.data for p in m.parameters()]",
    ]),
    ("x = torch.ones(2, 3, requires_grad=True); y = x.mean(); y.backward(); old = x.grad; x.grad = None", [
        "old", "x.grad is None",
    ]),
    ("x = torch.ones(2, requires_grad=True); y = x.detach(); y[0] = 5", [
        "x", "y.requires_grad",
    ]),
    ("x = torch.ones(3); y = x.view(3, 1); y[0] = 7", [
        "x", "x.data_ptr() == y.data_ptr()", "x.storage_offset()", "x[1:].storage_offset()",
    ]),
    ("a = np.ones(3); t = torch.from_numpy(a); a[0] = 5; t[1] = 6", [
        "t", "a", "t.dtype",
    ]),
    ("x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])", [
        "x.softmax(dim=1).sum(1)", "x.logsumexp(1)", "x.log_softmax(1)", "x.amax(dim=1)", "x.amin(1)", "x.aminmax()",
        "x.median()", "x.median(dim=1)", "x.mode()", "x.kthvalue(1)", "x.quantile(0.5)",
        "torch.quantile(x, torch.tensor([0.25, 0.75]), dim=1)", "x.std()", "x.var(0)", "torch.std_mean(x)",
        "torch.var_mean(x, dim=0)", "x.cummax(0)", "x.cummin(1)", "x.logcumsumexp(0)", "x.count_nonzero()", "x.all()",
        "x.any(dim=1)", "x.prod(dim=1)", "x.argmin(1)", "x.norm()", "x.histc(4, 0, 4)",
    ]),
    ("x = torch.tensor([1.0, 2.0, 3.0])", [
        "torch.searchsorted(x, torch.tensor([1.5]))", "torch.bucketize(torch.tensor([1.5]), x)",
        "torch.cumsum(x, dim=0)", "torch.trapezoid(x)", "torch.cov(torch.stack([x, x]))",
        "torch.corrcoef(torch.stack([x, -x]))", "x.outer(x)", "x.ger(x)", "torch.vander(x)",
        "torch.cdist(x[None], x[None])", "torch.isin(x, torch.tensor([1.0]))", "torch.unique_consecutive(x)",
        "torch.msort(x)", "torch.heaviside(x, x)", "torch.copysign(x, -x)", "torch.sinc(x)", "torch.erf(x)",
        "torch.lgamma(x)", "torch.digamma(x)", "torch.special.expit(x)", "torch.xlogy(x, x)", "torch.logaddexp(x, x)",
        "torch.float_power(x, 2)", "torch.gcd(torch.tensor(4), torch.tensor(6))",
        "torch.lcm(torch.tensor(4), torch.tensor(6))", "torch.bitwise_and(torch.tensor(3), torch.tensor(1))",
        "torch.logical_and(x > 1, x > 2)", "torch.logical_not(x > 1)",
    ]),
    ("x = torch.arange(8.0).view(2, 2, 2)", [
        "x.sum((0, 2))", "x.mean(dim=[0, 1])", "x.std(dim=(1, 2), keepdim=True)", "x.amax((0, 1))", "x.flip([0, 1])",
        "x.rot90(1, (0, 1))", "x.roll((1, 1), (0, 1))", "x.transpose(-1, -2)", "x.mT", "x.unflatten(0, (1, 2)).shape",
        "x.diagonal(dim1=0, dim2=2)", "x.cumsum(-1)", "x.tril()", "x.squeeze().shape",
        "x.unsqueeze(1).expand(-1, 3, -1, -1).shape", "x.expand_as(torch.zeros(3, 2, 2, 2)).shape",
        "torch.broadcast_to(x, (2, 2, 2, 2)).shape",
        "torch.broadcast_tensors(torch.ones(2, 1), torch.ones(1, 3))[0].shape",
        "torch.atleast_2d(torch.tensor(1.0)).shape", "torch.block_diag(x[0], x[1])",
        "torch.column_stack([torch.ones(2), torch.zeros(2)])", "torch.dstack([torch.ones(2), torch.zeros(2)]).shape",
    ]),
    ("x = torch.tensor([1.0 + 0, 2])", [
        "torch.promote_types(torch.int32, torch.float16)", "torch.result_type(torch.tensor([1]), 1.0)",
        "torch.can_cast(torch.float, torch.int)", "torch.finfo(torch.float32).eps", "torch.iinfo(torch.int8).max",
        "torch.finfo(torch.float64).max", "torch.get_default_dtype()", "torch.float is torch.float32",
        "torch.long is torch.int64", "torch.float32.is_floating_point", "torch.int64.itemsize", "str(torch.float16)",
        "torch.is_floating_point(x)",
    ]),
    ("x = torch.ones(2, 2); x[0] = torch.tensor([5.0, 6.0]); x[:, 1] += 1; x[0, 1] **= 2; x /= 2; x -= 1; x //= 1", [
        "x",
    ]),
    ("d = {'a': torch.ones(1), 'b': [torch.zeros(2)]}; import copy; e = copy.deepcopy(d); e['a'][0] = 9", [
        "d['a']", "e['a']",
    ]),
    ("x = torch.tensor([3, 1, 2])", [
        "x.sort(stable=True)", "x.sort(0, True)", "torch.sort(x, dim=0, descending=True, stable=True)",
        "x.argsort(dim=-1, descending=True)", "sorted(x)", "x.msort()",
    ]),
    ("", [
        "torch.Tensor([1, 2]).type()", "torch.Tensor(2).shape", "isinstance(torch.ones(1), torch.Tensor)",
        "torch.is_tensor(3)", "torch.ones(1).is_floating_point()", "torch.ones(2).dtype == torch.float32",
        "torch.ones(2).dtype is torch.float",
    ]),
    ("x = torch.tensor([[1.0, 2.0]]); y = torch.tensor([[3.0], [4.0]])", [
        "x @ y", "(x @ y).item()", "x * y", "x + y", "x > y", "x.expand(2, 2)", "x.matmul(y).squeeze()",
        "torch.chain_matmul(x, y)", "torch.linalg.multi_dot([x, y])", "torch.tensordot(x, y, dims=([1], [0]))",
        "torch.inner(x[0], x[0])", "torch.vdot(x[0], x[0])",
    ]),
    (
        "w = torch.tensor([0.1, 0.2], requires_grad=True); b = torch.zeros(1, requires_grad=True); X = torch.ones(3, "
        "2); y = torch.ones(3); [(lambda l: (l.backward(), [p.data.sub_(0.1 * p.grad) for p in (w, b)], "
        "[p.grad.zero_() for p in (w, b)]))(((X @ w + b - y) ** 2).mean()) for _ in range(3)]", [
        "w", "b",
    ]),
    ("A = torch.tensor([[4.0, 1.0], [1.0, 3.0]])", [
        "torch.linalg.solve(A, torch.ones(2))", "torch.linalg.cholesky(A)", "torch.linalg.eigh(A)",
        "torch.linalg.qr(A)[1].abs()", "torch.linalg.svdvals(A)", "torch.linalg.det(A)", "torch.linalg.slogdet(A)",
        "torch.linalg.matrix_rank(A)", "torch.linalg.pinv(A)", "torch.linalg.lstsq(A, torch.ones(2, 1)).solution",
        "torch.linalg.cond(A)", "torch.linalg.vector_norm(A)", "torch.linalg.matrix_norm(A)",
        "torch.cholesky_solve(torch.ones(2, 1), torch.linalg.cholesky(A))",
        "torch.linalg.solve_triangular(A.triu(), torch.ones(2, 1), upper=True)", "torch.linalg.lu(A)",
        "torch.linalg.eigvalsh(A)", "A.pinverse()", "A.cholesky()", "torch.logdet(A)", "A.slogdet()",
    ]),
    ("", [
        "torch.vmap(lambda a: a * 2)(torch.ones(2))", "torch.func.grad(lambda a: (a ** 2).sum())(torch.ones(2))",
        "torch.autograd.functional.jacobian(lambda a: a ** 2, torch.ones(2))",
        "torch.autograd.functional.hessian(lambda a: (a ** 3).sum(), torch.ones(2))",
        "torch.func.jacrev(lambda a: a ** 2)(torch.ones(2))",
        "torch.func.hessian(lambda a: (a ** 2).sum())(torch.ones(2))",
        "torch.func.vjp(lambda a: a * 2, torch.ones(2))[1](torch.ones(2))",
        "torch.autograd.functional.vjp(lambda a: a * 2, torch.ones(2), torch.ones(2))",
    ]),
    ("x = torch.ones(2, 2, requires_grad=True)", [
        "torch.autograd.grad([x.sum(), x.prod()], [x])", "torch.autograd.grad(x * 2, x, torch.ones(2, 2))",
        "torch.autograd.grad(outputs=x.sum(), inputs=x, grad_outputs=torch.tensor(2.0), retain_graph=True, "
        "create_graph=False, allow_unused=True)",
    ]),
    ("import math; x = torch.tensor(0.5)", [
        "math.sqrt(x)", "math.exp(x)", "math.isnan(x)", "math.floor(torch.tensor(2.5))",
        "math.ceil(torch.tensor(2.5))", "np.sqrt(4.0) * x",
    ]),
    ("x = torch.zeros(5, dtype=torch.uint8); x[2] = 200", [
        "x", "x + 100", "x.float().mean()", "x.sum()", "(x > 100).nonzero(as_tuple=True)",
        "(x > 100).nonzero().squeeze()", "x.bool().logical_not().sum().item()", "torch.nonzero(x).flatten().tolist()",
    ]),
    ("x = torch.tensor([True, False])", [
        "x.sum()", "x.float()", "~x", "x & torch.tensor([True, True])", "x.all().item()", "x.any()", "x * 2", "x + x",
        "x.int().argmax()", "torch.ones(2)[x]", "x.logical_or(~x)", "x.long().cumsum(0)", "x ^ x",
        "x.count_nonzero()", "x.tolist()",
    ]),
    ("x = torch.arange(6).view(2, 3)", [
        "x.shape[0] * x.shape[1]", "x.size()[1]", "(*x.shape, 1)", "x.shape[-1]", "torch.zeros(*x.shape)",
        "torch.zeros(x.shape)", "torch.zeros(x.size())", "torch.zeros_like(x, dtype=torch.float)",
        "torch.empty_like(x).shape", "x.new_zeros(x.shape)", "x.view(*x.shape[:1], -1).shape",
        "x.reshape(x.size(0), -1).shape", "x.view(-1, *x.shape[1:]).shape", "np.zeros(x.shape).shape",
        "tuple(x.shape)", "list(x.size())", "f'{x.shape}'", "str(x.size())", "x.shape == torch.Size([2, 3])",
        "x.shape.numel()", "torch.Size([1]) + x.shape",
    ]),
    (
        "x = torch.rand(4, generator=torch.Generator().manual_seed(0)); g = torch.Generator(); g.manual_seed(3); s = "
        "torch.get_rng_state(); a = torch.rand(2); torch.set_rng_state(s); b = torch.rand(2)", [
        "torch.equal(a, b)", "torch.initial_seed() >= 0", "x.shape", "torch.randperm(3, generator=g).shape",
    ]),
    (
        "x = torch.ones(1, requires_grad=True); y = torch.utils.checkpoint.checkpoint(lambda a: a.exp(), x, "
        "use_reentrant=False); y.backward()", [
        "x.grad",
    ]),
    ("p = nn.Parameter(torch.ones(2))", [
        "p", "p.requires_grad", "p.data", "isinstance(p, torch.Tensor)", "(p * 2).requires_grad", "p.is_leaf",
    ]),
    (
        "x = torch.ones(3, requires_grad=True); y = x.clone(); y[1] = 0; y.sum().backward(); z = "
        "x.detach().clone().requires_grad_(True); (z[1:] * torch.tensor([2.0, 3.0])).sum().backward()", [
        "x.grad", "z.grad",
    ]),
    (
        "x = torch.ones(2, requires_grad=True); torch.autograd.backward([x.sum(), (x * 2).sum()], "
        "[torch.tensor(1.0), torch.tensor(3.0)])", [
        "x.grad",
    ]),
    ("x = torch.zeros(2, 2); o = torch.ones_like(x)", [
        "x",
    ]),
    ("", [
        "torch.tensor(np.float32(2))", "torch.tensor(np.arange(2))", "torch.tensor(np.array([True]))",
        "torch.tensor((1, 2))", "torch.tensor([[1], [2]])", "torch.tensor([1, 2.5])", "torch.tensor([])",
        "torch.tensor(5) + torch.tensor(2.5)", "torch.tensor([1]) + 2.5",
        "torch.tensor([1.0], dtype=torch.float16) + 1", "torch.tensor([1], dtype=torch.uint8) * 2",
        "torch.tensor(1, dtype=torch.int8) + torch.tensor([1], dtype=torch.int16)",
    ]),
    ("x = torch.ones(2, 3)", [
        "x.numpy().T", "x.T.numpy()", "x.__array__().shape", "x.numpy().sum()", "np.asarray(x).dtype",
        "x.cpu().data.numpy()", "np.mean(x.numpy())", "x.tolist()[0][0]", "x.numpy().astype('float64').dtype",
        "x.detach().numpy().copy().shape",
    ]),
    ("x = torch.tensor([1.0, 2.0], requires_grad=True); f = lambda *a: sum(((t ** 2).sum() for t in a))", [
        "torch.autograd.gradcheck(f, (x.double().detach().requires_grad_(),))",
        "torch.autograd.functional.hvp(lambda a: (a ** 3).sum(), x.detach(), torch.ones(2))",
    ]),
    ("x = torch.ones(1, 2, 3)", [
        "x.squeeze(0).shape", "x.squeeze((0,)).shape", "x.unsqueeze(dim=0).shape", "x.permute(dims=(2, 1, 0)).shape",
        "x.transpose(dim0=0, dim1=1).shape", "x.flatten(start_dim=1, end_dim=2).shape", "x.repeat(1, 2, 1).shape",
        "x.chunk(chunks=2, dim=1)[0].shape", "x.split(split_size=1, dim=2)[0].shape", "x.expand(2, -1, -1).shape",
        "torch.unsqueeze(x, 0).shape", "torch.squeeze(x).shape", "torch.transpose(x, 0, 1).shape",
        "torch.permute(x, (1, 0, 2)).shape", "torch.reshape(x, (6,)).shape", "torch.flatten(x).shape",
        "torch.movedim(x, 0, 2).shape", "torch.narrow(x, 2, 0, 2).shape", "torch.select(x, 0, 0).shape",
        "torch.chunk(x, 2, 1)[0].shape", "torch.unbind(x, 2)[0].shape", "torch.numel(x)",
        "torch.t(torch.ones(2, 3)).shape", "torch.ravel(x).shape", "torch.swapaxes(x, 0, 1).shape",
    ]),
    (
        "m = nn.Module(); m.register_buffer('b', torch.ones(2)); m.p = nn.Parameter(torch.zeros(1)); m.l = "
        "nn.ModuleList([nn.Linear(1, 1)])", [
        "list(m.state_dict())", "[n for n, _ in m.named_buffers()]", "len(list(m.children()))", "m.double().p.dtype",
        "m.to('cpu').b.dtype", "m.to(torch.float32).b.dtype", "m.zero_grad()", "m.train().training",
        "m.requires_grad_(False).p.requires_grad",
    ]),
    ("p = nn.Parameter(torch.ones(2)); (p * 3).sum().backward(); n = nn.utils.clip_grad_norm_([p], 1.0)", [
        "n", "p.grad", "nn.utils.parameters_to_vector([p])", "nn.utils.clip_grad_value_([p], 0.1)",
    ]),
    ("", [
        "torch.einsum('bij,bjk->bik', torch.ones(2, 2, 3), torch.ones(2, 3, 1))",
        "torch.einsum('i,j', torch.ones(2), torch.ones(2))", "torch.einsum('ii', torch.eye(2))",
        "torch.einsum('...ij->...ji', torch.ones(1, 2, 3)).shape",
        "torch.einsum('bhqd,bhkd->bhqk', torch.ones(1, 1, 2, 3), torch.ones(1, 1, 2, 3)).shape",
        "torch.einsum('ij,j->i', [torch.ones(2, 2), torch.ones(2)])",
    ]),
    ("x = torch.tensor([-1.0, 0.0, 1.0], requires_grad=True)", [
        "[torch.autograd.grad(getattr(x, n)().sum(), x)[0] for n in ('abs', 'relu', 'exp', 'tanh', 'sigmoid', "
        "'sin', 'cos', 'square', 'neg', 'floor', 'sign', 'round', 'erf', 'expm1', 'sinh', 'cosh', 'atan', "
        "'asinh', 'softplus' if False else 'trunc')]",
    ]),
    ("x = torch.tensor([1.0, 2.0]); x.requires_grad = True; y = x * 1", [
        "x.grad", "hasattr(x, 'grad')", "y.is_leaf", "y.detach_() is y", "x.retains_grad", "x._version",
    ]),
    ("s = [torch.ones(2), torch.zeros(2)]", [
        "torch.stack(s)", "torch.stack(s, 1)", "torch.stack(s).mean(0)", "torch.cat([t.unsqueeze(0) for t in s], 0)",
        "sum(s)", "torch.stack([*s]).sum()", "torch.cat(s).view(2, 2)", "list(map(torch.sum, s))",
        "torch.mean(torch.stack(s), dim=0)",
    ]),
    ("x = torch.ones(2); x.requires_grad_(); o = optim.SGD([x], lr=0.1)", [
        "[(o.zero_grad(), ((x - 3) ** 2).sum().backward(), o.step(), x.detach().clone())[-1] for _ in range(2)]",
        "o.state_dict()['param_groups'][0]['lr']", "len(o.param_groups)",
    ]),
    (
        "@torch.no_grad()\n"
        "def f(x):\n"
        "    return x * 2", [
        "f(torch.ones(1, requires_grad=True)).requires_grad",
    ]),
    (
        "class M(nn.Module):\n"
        "    def __init__(s, n):\n"
        "        super().__init__()\n"
        "        s.fc = nn.Linear(n, 1)\n"
        "        s.register_buffer('k', torch.tensor(2.0))\n"
        "        s.act = nn.Tanh()\n"
        "    def forward(s, x, scale=1):\n"
        "        return s.act(s.fc(x)) * scale * s.k\n"
        "m = M(2)\n"
        "[p.data.fill_(0.3) for p in m.parameters()]", [
        "m", "m(torch.ones(1, 2), scale=2)", "{k: v.shape for k, v in m.state_dict().items()}",
        "m.load_state_dict(m.state_dict())",
    ]),
    (
        "class E(torch.autograd.Function):\n"
        "    @staticmethod\n"
        "    def forward(ctx, i, k):\n"
        "        ctx.save_for_backward(i)\n"
        "        ctx.k = k\n"
        "        return i.exp() * k\n"
        "    @staticmethod\n"
        "    def backward(ctx, g):\n"
        "        i, = ctx.saved_tensors\n"
        "        return (g * i.exp() * ctx.k, None)\n"
        "x = torch.ones(2, requires_grad=True)\n"
        "E.apply(x, 3).sum().backward()", [
        "x.grad",
    ]),
    (
        "x = torch.ones(2, requires_grad=True)\n"
        "with torch.enable_grad():\n"
        "    y = x * 2\n"
        "with torch.set_grad_enabled(False):\n"
        "    z = x * 2\n"
        "with torch.inference_mode():\n"
        "    w = x * 2", [
        "y.requires_grad", "z.requires_grad", "w.requires_grad",
    ]),
    (
        "x = torch.ones(2, requires_grad=True)\n"
        "with torch.autograd.detect_anomaly(check_nan=True):\n"
        "    (x * 2).sum().backward()", [
        "x.grad",
    ]),
    (
        "x = torch.ones(2, 2)\n"
        "for i, row in enumerate(x):\n"
        "    row[i] = 5", [
        "x",
    ]),
    (
        "x = torch.zeros(3)\n"
        "for i in range(3):\n"
        "    x[i] = i ** 2", [
        "x", "x.tolist()", "[round(v, 2) for v in x.tolist()]",
    ]),
    (
        "b = []\n"
        "for xb, yb in zip(torch.arange(6).split(2), torch.arange(6).chunk(3)):\n"
        "    b.append((xb * yb).sum().item())", [
        "b",
    ]),
    ("i = torch.tensor([0, 2, 1]); x = torch.arange(9.0).view(3, 3)", [
        "x[i]", "x[:, i]", "x[i, i]", "x[i][:, i]", "x[i.tolist()]", "x.index_select(0, i)", "i[i]", "i.argsort()",
        "torch.eye(3)[i]", "x[i > 0]", "x[range(2)]", "x[slice(0, 2)]", "x[...]", "x[()]", "x[torch.tensor(1)]",
        "x[1, torch.tensor(2)]", "x[i[0]]", "x[-1, -1]", "x[None, ..., None].shape",
    ]),
    ("x = torch.tensor([[3.0, 1.0], [2.0, 4.0]]); v, i = x.max(1)", [
        "v", "i", "x.max(1)[0]", "x.max(1).indices", "x.max(dim=1, keepdim=True).values", "torch.max(x, 1)",
        "x.min(0)", "torch.min(x)", "x.argmax(1)", "torch.topk(x, 1, dim=1)", "x.sort(dim=1)", "x.median(1)",
        "x.cummax(1)", "x.aminmax(dim=0)", "x.kthvalue(1, dim=1)", "x.mode(1)", "torch.linalg.eigh(x @ x.T)",
        "torch.linalg.slogdet(x)",
    ]),
    ("x = torch.ones(2, 2)", [
        "x.data", "x.type(torch.float64)", "x.expand(3, 2, 2).sum(0)", "x.nelement()", "x.is_sparse",
        "x.view(torch.int32)[0, 0]", "x.element_size()", "x.nbytes", "x.itemsize",
    ]),
    ("x = torch.arange(6.0)", [
        "x.view(2, 3).contiguous().view(-1)", "x.reshape(3, 2).t().contiguous()", "x.view(2, 3).t().is_contiguous()",
        "x.as_strided((2, 2), (2, 1))", "torch.as_strided(x, (3,), (2,))", "x.ravel()", "x.clone()",
        "x.unsqueeze(0).expand(2, 6)[1]",
    ]),
    (
        "x = torch.tensor([1.0, 2.0, 3.0]); x.sub_(x.mean()).div_(x.std() + 1e-08); r = x; x[x < 0] = 0; "
        "x.index_put_((torch.tensor([0, 0]),), torch.tensor([1.0, 2.0]), accumulate=True); x.scatter_(0, "
        "torch.tensor([2]), -1.0); x.masked_scatter_(torch.tensor([True, False, True]), torch.tensor([8.0, 9.0]))", [
        "x", "x.cumsum_(0) if hasattr(x, 'cumsum_') else 0",
    ]),
    ("x = torch.rand(3, 3); x = x @ x.T + torch.eye(3); L = torch.linalg.cholesky(x)", [
        "(L @ L.T - x).abs().max() < 1e-05", "(torch.linalg.inv(x) @ x - torch.eye(3)).abs().max() < 0.0001",
        "torch.linalg.eigvalsh(x).min() > 0",
    ]),
    ("x = torch.ones(2, 3); y = x.unsqueeze(1).repeat(1, 2, 1)", [
        "y.shape", "y.sum(dim=(-2, -1))", "y.mean((1, 2))", "y.permute(0, 2, 1).contiguous().view(2, -1).shape",
        "torch.sum(y, dim=[1, 2])", "torch.mean(y, (0,))", "y.max(2)[0].shape", "y.min(-1).indices.shape",
        "y.flatten(1, 2).shape", "y.reshape(2, -1).size(1)", "y.std(2, unbiased=True).shape", "y.norm(2, -1).shape",
        "y.norm(p=2, dim=(1, 2))", "y.var(dim=2, unbiased=False)",
    ]),
    (
        "x = torch.tensor([1.0, 2.0]); w = torch.tensor([3.0, 4.0], requires_grad=True); l = (w * x).sum(); "
        "l.backward(); g = w.grad.data.clone(); w.grad.data.zero_(); w.data = w.data - 0.1 * g", [
        "w", "w.grad", "w.requires_grad", "w.is_leaf",
    ]),
    (
        "w = torch.ones(2, requires_grad=True)\n"
        "for _ in range(3):\n"
        "    l = (w ** 2).sum()\n"
        "    l.backward()\n"
        "    with torch.no_grad():\n"
        "        w -= 0.1 * w.grad\n"
        "        w.grad.zero_()", [
        "w",
    ]),
    (
        "w = torch.ones(2, requires_grad=True)\n"
        "for _ in range(3):\n"
        "    g, = torch.autograd.grad((w ** 2).sum(), w)\n"
        "    w = (w - 0.1 * g).detach().requires_grad_()", [
        "w", "w.grad",
    ]),
    (
        "w = [torch.ones(2, requires_grad=True), torch.zeros(1, requires_grad=True)]; l = (w[0].sum() + w[1]) ** 2; "
        "gs = torch.autograd.grad(l.sum(), w, create_graph=True); n = sum([(g ** 2).sum() for g in gs]); "
        "n.backward()", [
        "[p.grad for p in w]",
    ]),
    (
        "x = torch.zeros(4, 4)\n"
        "for i in range(4):\n"
        "    for j in range(4):\n"
        "        x[i, j] = i * 4 + j", [
        "x", "x.diagonal(1)", "x[1:3, 1:3]", "x.sum()", "x[::2, ::2]", "x[[0, 1]]", "x.tril(-1).sum()",
    ]),
    ("x = torch.linspace(-1, 1, 5); y = torch.where(x < 0, -x, x ** 2)", [
        "y", "(x > 0).float()", "(x > 0).type(torch.float32)", "x.gt(0).long()", "x.sign()",
        "torch.heaviside(x, torch.tensor(0.5))", "torch.clamp(x, -0.5, 0.5)", "torch.clip(x, max=0.0)",
        "x.clamp(min=torch.tensor(-0.2))", "torch.maximum(x, torch.tensor(0.0))", "torch.minimum(x, -x)",
        "torch.max(x, -x)",
    ]),
    ("x = torch.tensor([[1, 2], [3, 4]]); y = torch.tensor([[1.5, 2.5], [3.5, 4.5]])", [
        "x * y", "x + y", "x / x", "x // y", "x @ x", "x.float() @ y", "x.to(y)", "x.to(y.dtype)", "torch.add(x, y)",
        "x > y", "x == y.long()", "x.eq(y).any()", "torch.eq(x, x).all()", "x.ne(2).sum()",
        "torch.sum(x == x).item()",
    ]),
    ("x = torch.arange(100.0).sin()", [
        "x.mean()", "x.std()", "x.var()", "x.median()", "x.min()", "x.max()", "x.abs().mean()", "x.histc(10, -1, 1)",
        "x.quantile(0.9)", "x.sort()[0][:3]", "x.topk(3)[0]", "x.kthvalue(5)[0]", "x.argsort()[:3]",
        "x.cumsum(0)[-1]", "x.diff()[:2]", "x[x > 0.9].numel()", "(x > 0).sum()", "x.unfold(0, 10, 10).mean(1)",
        "x.view(10, 10).std(1)[:2]", "x.reshape(4, 25).max(1)[0]", "x.dot(x)", "x.norm()", "x.prod()",
        "torch.trapz(x)",
    ]),
    (
        "x = torch.tensor([1.0, 2.0, 3.0]); f = lambda t: (t ** 2).sum(); J = torch.autograd.functional.jacobian(f, "
        "x); H = torch.autograd.functional.hessian(f, x); v, hv = torch.autograd.functional.hvp(f, x, x); o, vj = "
        "torch.autograd.functional.vjp(f, x); o2, jv = torch.autograd.functional.jvp(f, x, x)", [
        "J", "H", "v", "hv", "o", "vj", "o2", "jv", "torch.func.jacfwd(f)(x)", "torch.func.vmap(lambda a: a * a)(x)",
        "torch.func.jvp(f, (x,), (x,))", "torch.func.functional_call(nn.Identity(), {}, (x,))",
        "torch.func.grad_and_value(f)(x)",
    ]),
    ("x = torch.ones(2, 3)", [
        "torch.broadcast_shapes((1, 2), (3, 1))", "torch.numel(x)", "torch.is_floating_point(x)",
        "torch.is_tensor(x)", "torch.typename(x)", "x.get_device()", "torch.zeros(1).squeeze().shape",
        "torch.ones(1).item()", "torch.empty(0).numel()", "torch.empty(0, 3).sum(0)", "torch.zeros(0).sum()",
        "torch.zeros(0).prod()", "torch.zeros(0).mean().isnan()", "torch.cat([torch.zeros(0), torch.ones(2)])",
        "torch.stack([torch.zeros(0)]).shape", "torch.zeros(2, 0) @ torch.zeros(0, 3)",
        "torch.zeros(0, 2).max(1)[0].shape",
    ]),
    ("x = torch.tensor([0.1, 0.2, 0.7])", [
        "x.log()", "-(x * x.log()).sum()", "torch.multinomial(x, 1).shape", "x / x.sum()", "x.softmax(-1)",
        "x.cumsum(-1)", "torch.logsumexp(x, 0)", "x.log_softmax(0).exp().sum()", "torch.log(x).mean()",
        "torch.special.entr(x)", "torch.special.logsumexp(x, 0)", "torch.special.xlogy(x, x)", "torch.special.erf(x)",
        "torch.special.gammaln(x)", "torch.special.softmax(x, 0)", "torch.special.log1p(x)",
    ]),
    (
        "x = torch.arange(4.0).reshape(2, 2); x.requires_grad_(); y = x.t() @ x; z = y.trace() + y.det() + "
        "x.inverse().sum() + torch.linalg.norm(x) + torch.logdet(y + torch.eye(2)); z.backward()", [
        "z", "x.grad",
    ]),
    (
        "x = torch.arange(1.0, 5.0).reshape(2, 2).requires_grad_(); u, s, v = torch.svd(x); q, rr = "
        "torch.linalg.qr(x); e = torch.linalg.eigvalsh(x + x.T); (s.sum() + rr.diagonal().abs().sum() + "
        "e.max()).backward()", [
        "s", "x.grad",
    ]),
    (
        "a = torch.ones(2, requires_grad=True)\n"
        "l = []\n"
        "for i in range(3):\n"
        "    l.append((a * i).sum())\n"
        "torch.stack(l).sum().backward()", [
        "a.grad", "sum(l)", "torch.tensor(l)", "torch.tensor([v.item() for v in l])",
    ]),
    ("x = torch.full((3,), -1.0)", [
        "x.sqrt().isnan().all()", "x.log().isnan().all()", "x / 0", "0 / x", "x.fill_(0) / 0",
        "torch.tensor([1]) / 0", "torch.tensor(5) % torch.tensor(3)", "torch.tensor(-5) % 3", "torch.tensor(-5) // 3",
        "torch.tensor(-7).div(2, rounding_mode='trunc')", "torch.tensor(-5).remainder(3)",
        "torch.fmod(torch.tensor(-5), 3)", "2 ** torch.tensor([1, 2])", "torch.tensor([2.0]) ** (-1)",
        "torch.tensor(2) ** 0.5", "torch.pow(2, torch.tensor([1.0, 2.0]))",
    ]),
    ("x = torch.eye(2)[None].expand(3, 2, 2)", [
        "torch.bmm(x, x)", "x @ x", "torch.linalg.inv(x)", "torch.linalg.det(x)", "x.transpose(1, 2)",
        "torch.matmul(x, torch.ones(2))", "torch.baddbmm(torch.ones(3, 2, 2), x, x, beta=0.5, alpha=2)",
        "torch.addmv(torch.ones(2), x[0], torch.ones(2))",
        "torch.addr(torch.zeros(2, 2), torch.ones(2), torch.ones(2))", "torch.addbmm(torch.zeros(2, 2), x, x)",
        "x.bmm(x).sum()", "torch.linalg.solve(x, torch.ones(3, 2))", "torch.linalg.cholesky(x)",
        "torch.linalg.matrix_power(x, 2)",
    ]),
    ("x = torch.tensor([3, 1, 2, 1])", [
        "x.unique(return_inverse=True)", "torch.unique(x, sorted=True, return_inverse=True, return_counts=True)",
        "x.unique_consecutive()", "torch.bincount(x)", "torch.bincount(x, weights=torch.ones(4))",
        "torch.bincount(x, minlength=6)", "F.one_hot(x)", "x.mode()", "x.sort()", "x.argsort()",
        "torch.isin(x, torch.tensor([1]))", "x.median()", "x.float().median()", "x.max(0)",
        "x.sum(dtype=torch.float64)", "x.float().mean(dtype=torch.float64)", "x.cumsum(0, dtype=torch.int32)",
        "x.prod(dtype=torch.float)",
    ]),
    ("m = torch.tensor([1, 0], dtype=torch.uint8)", [
        "torch.where(m, torch.ones(2), torch.zeros(2))", "torch.where(m, 1, 0)", "torch.where(m)",
    ]),
    ("d = torch.device('cpu')", [
        "torch.zeros(2, device=d)", "torch.tensor([1.0], device=d, dtype=torch.float64, requires_grad=True)",
        "torch.arange(2, device=d).to(d).device", "nn.Linear(1, 1, device=d, dtype=torch.float64).weight.dtype",
        "nn.Linear(1, 1).to(d, torch.float64).bias.dtype", "torch.randn(2, device=d, dtype=torch.float64).dtype",
        "torch.Generator(device='cpu').device", "nn.Parameter(torch.ones(1, device=d)).device",
    ]),
]
# fmt: on


def flattened(value: Any) -> list[Any]:
    """The values in a nesting of tuples, lists and dicts, and the kinds of the nesting."""
    if isinstance(value, dict):
        return [list(value), *(part for v in value.values() for part in flattened(v))]
    if isinstance(value, (tuple, list)) and type(value).__name__ != "Size":
        kind = type(value).__name__ if type(value) in (tuple, list) else "named"
        return [(kind, len(value)), *(part for v in value for part in flattened(v))]
    return [value]


def assert_same(ours: Any, theirs: Any) -> None:
    if hasattr(theirs, "detach"):
        assert str(ours.dtype).split(".")[1] == str(theirs.dtype).split(".")[1]
        assert ours.requires_grad == theirs.requires_grad
        ours, theirs = ours.detach().numpy(), theirs.detach().numpy()
        assert ours.shape == theirs.shape
    if isinstance(theirs, (np.ndarray, np.generic, float)):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)
    else:
        assert repr(ours).replace("autograd.", "torch.") == repr(theirs)


def answers(setup: str, expressions: list[str], **libraries: Any) -> list[Any]:
    names = {"np": np, "math": math, **libraries}
    exec(setup, names)
    return [eval(expression, names) for expression in expressions]


@pytest.mark.parametrize(
    ("setup", "expressions"), IDIOMS, ids=lambda value: value if isinstance(value, str) else ""
)
@pytest.mark.filterwarnings("ignore")  # PyTorch says which of these forms it will drop
def test_idiom(setup: str, expressions: list[str]) -> None:
    ours = answers(setup, expressions, torch=autograd, nn=nn, optim=optim, F=nn.functional)
    torch = pytest.importorskip("torch")
    theirs = answers(setup, expressions, torch=torch, nn=torch.nn, optim=torch.optim, F=torch.nn.functional)
    for expression, a, b in zip(expressions, ours, theirs, strict=True):
        x, y = flattened(a), flattened(b)
        assert len(x) == len(y), expression
        for p, q in zip(x, y, strict=True):
            try:
                assert_same(p, q)
            except AssertionError as error:
                raise AssertionError(f"{expression}: {error}") from error
