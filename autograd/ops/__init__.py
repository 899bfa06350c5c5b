from autograd.ops.elementwise import *
