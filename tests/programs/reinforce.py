"""REINFORCE on a small grid world, with a learned baseline, entropy bonus and discounted returns."""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim

SIZE, GOAL, PIT = 4, (3, 3), (1, 2)
MOVES = [(0, 1), (0, -1), (1, 0), (-1, 0)]


class Policy(nn.Module):
    def __init__(self, rng):
        super().__init__()
        self.affine1 = nn.Linear(SIZE * SIZE, 16)
        self.action_head = nn.Linear(16, 4)
        self.value_head = nn.Linear(16, 1)
        self.saved, self.rewards = [], []
        for p in self.parameters():
            p.data.copy_(torch.from_numpy(rng.normal(0, 0.3, tuple(p.shape))))

    def forward(self, x):
        x = F.relu(self.affine1(x))
        return F.softmax(self.action_head(x), dim=-1), self.value_head(x)


def play(policy, rng, limit=25):
    position = (0, 0)
    for _ in range(limit):
        state = torch.zeros(SIZE * SIZE)
        state[position[0] * SIZE + position[1]] = 1
        probs, value = policy(state)
        u = rng.random()
        action = int(torch.searchsorted(probs.detach().cumsum(0), torch.tensor([u])).clamp(max=3))
        policy.saved.append((probs[action].log(), value, -(probs * probs.log()).sum()))
        move = MOVES[action]
        position = tuple(min(max(p + m, 0), SIZE - 1) for p, m in zip(position, move))
        done = position in (GOAL, PIT)
        policy.rewards.append(1.0 if position == GOAL else -1.0 if position == PIT else -0.04)
        if done:
            break
    return position


def finish_episode(policy, optimizer, gamma=0.95):
    R, returns = 0, []
    for r in policy.rewards[::-1]:
        R = r + gamma * R
        returns.insert(0, R)
    returns = torch.tensor(returns)
    if len(returns) > 1:
        returns = (returns - returns.mean()) / (returns.std() + np.finfo(np.float32).eps.item())
    policy_losses, value_losses, entropy = [], [], 0
    for (log_prob, value, h), R in zip(policy.saved, returns):
        advantage = R - value.item()
        policy_losses.append(-log_prob * advantage)
        value_losses.append(F.smooth_l1_loss(value, torch.tensor([R])))
        entropy = entropy + h
    optimizer.zero_grad()
    loss = torch.stack(policy_losses).sum() + torch.stack(value_losses).sum() - 0.01 * entropy
    loss.backward()
    optimizer.step()
    total = sum(policy.rewards)
    del policy.rewards[:]
    del policy.saved[:]
    return loss.item(), total


def main():
    torch.manual_seed(0)
    torch.set_default_dtype(torch.float64)
    rng = np.random.default_rng(20)
    policy = Policy(rng)
    optimizer = optim.Adam(policy.parameters(), lr=1e-2)
    losses, totals, running = [], [], 0.0
    for episode in range(80):
        end = play(policy, rng)
        loss, total = finish_episode(policy, optimizer)
        running = 0.05 * total + (1 - 0.05) * running
        losses.append(loss)
        totals.append(total)
        if episode % 40 == 39:
            print(f"Episode {episode}\tLast reward: {total:.2f}\tAverage: {running:.2f}\tat {end}")
    with torch.no_grad():
        table, values = policy(torch.eye(SIZE * SIZE))
        best = table.argmax(-1).reshape(SIZE, SIZE)
    print(best.shape, best.dtype)
    # the value function of the learned policy, exactly, by solving (I - gamma P) v = r
    nxt = torch.zeros(16, 4, dtype=torch.int64)
    for s in range(16):
        for a, (dy, dx) in enumerate(MOVES):
            nxt[s, a] = min(max(s // 4 + dy, 0), 3) * 4 + min(max(s % 4 + dx, 0), 3)
    P = torch.zeros(16, 16).scatter_add_(1, nxt, table)
    ends = torch.tensor([GOAL[0] * 4 + GOAL[1], PIT[0] * 4 + PIT[1]])
    P[ends] = 0
    r = torch.full((16,), -0.04)
    r[ends] = torch.tensor([1.0, -1.0])
    v = torch.linalg.solve(torch.eye(16) - 0.95 * P, r)
    return {"losses": losses, "totals": totals, "best": best, "table": table, "values": values, "v": v}


def check(r):
    assert np.mean(r["totals"][-20:]) > np.mean(r["totals"][:20])
    assert np.allclose(r["table"].sum(-1).numpy(), 1)
    assert abs(float(r["v"][15]) - 1) < 1e-12
