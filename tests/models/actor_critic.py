"""An actor-critic, as in PyTorch's examples, on a small grid: choices are made by given uniform numbers."""

from collections import namedtuple

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim

SavedAction = namedtuple("SavedAction", ["log_prob", "value"])
eps = np.finfo(np.float32).eps.item()


class Policy(nn.Module):
    """implements both actor and critic in one model"""

    def __init__(self):
        super(Policy, self).__init__()
        self.affine1 = nn.Linear(4, 16)
        self.action_head = nn.Linear(16, 2)
        self.value_head = nn.Linear(16, 1)
        self.saved_actions = []
        self.rewards = []

    def forward(self, x):
        x = F.relu(self.affine1(x))
        action_prob = F.softmax(self.action_head(x), dim=-1)
        state_values = self.value_head(x)
        return action_prob, state_values


class Walk:
    """Walk left or right, from 0, until 5 steps are taken; far to the right is good."""

    def reset(self):
        self.position, self.steps = 0.0, 0
        return self.state()

    def state(self):
        return np.array([self.position, self.position**2 / 4, self.steps / 5, 1.0])

    def step(self, action):
        self.position += 1.0 if action == 1 else -1.0
        self.steps += 1
        return self.state(), self.position, self.steps == 5


def select_action(model, state, u):
    state = torch.from_numpy(state).to(torch.get_default_dtype())
    probs, state_value = model(state)
    action = int(u > probs[0].item())
    model.saved_actions.append(SavedAction(torch.log(probs[action]), state_value))
    return action


def finish_episode(model, optimizer, gamma=0.99):
    R = 0
    policy_losses, value_losses, returns = [], [], []
    for r in model.rewards[::-1]:
        R = r + gamma * R
        returns.insert(0, R)
    returns = torch.tensor(returns)
    returns = (returns - returns.mean()) / (returns.std() + eps)
    for (log_prob, value), R in zip(model.saved_actions, returns):
        advantage = R - value.item()
        policy_losses.append(-log_prob * advantage)
        value_losses.append(F.smooth_l1_loss(value, torch.tensor([R])))
    optimizer.zero_grad()
    loss = torch.stack(policy_losses).sum() + torch.stack(value_losses).sum()
    loss.backward()
    optimizer.step()
    del model.rewards[:]
    del model.saved_actions[:]
    return loss


def build():
    return Policy()


def train(model, rng, steps):
    optimizer = optim.Adam(model.parameters(), lr=3e-2)
    env = Walk()
    losses = []
    for _ in range(steps):
        state, done = env.reset(), False
        ep_reward = 0
        while not done:
            action = select_action(model, state, rng.random())
            state, reward, done = env.step(action)
            model.rewards.append(reward)
            ep_reward += reward
        losses += [finish_episode(model, optimizer).item(), ep_reward]
    return losses


def evaluate(model, rng):
    return model(torch.tensor(rng.standard_normal((5, 4)), dtype=torch.get_default_dtype()))
