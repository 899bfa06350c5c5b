// The functions of numbers that formulas use and `Math` has not, each by its name in the table of derivatives.
// Source of the series: NIST Digital Library of Mathematical Functions, chapters 5, 7, 8, 9, 10 and 25.

const EULER = 0.5772156649015329;
const BERNOULLI = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510];  // B2, B4, ...

const square = x => x * x;
const sigmoid = x => x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
const rint = x => Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x);
const logaddexp = (x, y) => x === y ? x + Math.LN2 : Math.max(x, y) + Math.log1p(Math.exp(-Math.abs(x - y)));
const logaddexp2 = (x, y) => logaddexp(x * Math.LN2, y * Math.LN2) / Math.LN2;
const is_negative = x => x < 0 || Object.is(x, -0);
const copysign = (x, y) => is_negative(x) === is_negative(y) ? x : -x;
const fmax = (x, y) => Number.isNaN(x) ? y : Number.isNaN(y) ? x : Math.max(x, y);
const fmin = (x, y) => Number.isNaN(x) ? y : Number.isNaN(y) ? x : Math.min(x, y);
const heaviside = (x, values) => x === 0 ? values : Number(x > 0);
const logical_and = (x, y) => x !== 0 && y !== 0;
const logical_or = (x, y) => x !== 0 || y !== 0;
const logical_xor = (x, y) => (x !== 0) !== (y !== 0);
const isclose = (x, y, rtol, atol, equal_nan) => x === y || (Number.isFinite(x) && Number.isFinite(y)
    ? Math.abs(x - y) <= atol + rtol * Math.abs(y) : equal_nan && Number.isNaN(x) && Number.isNaN(y));
const gcd = (x, y) => { x = Math.abs(x); y = Math.abs(y); while (y) [x, y] = [y, x % y]; return x; };
const lcm = (x, y) => x && y ? Math.abs(x / gcd(x, y) * y) : 0;
const nextafter = (x, y) => {
    if (x === y || Number.isNaN(x) || Number.isNaN(y)) return x === y ? y : NaN;
    if (x === 0) return y > 0 ? Number.MIN_VALUE : -Number.MIN_VALUE;
    const number = new Float64Array([x]), bits = new BigInt64Array(number.buffer);
    bits[0] += (y > x) === (x > 0) ? 1n : -1n;
    return number[0];
};
const xlogy = (x, y) => x === 0 && !Number.isNaN(y) ? 0 : x * Math.log(y);

// Σ term, where next(term, k) is the k-th; until it no longer matters.
function series(first, next) {
    let term = first, sum = first;
    for (let k = 1; k < 2000 && term !== 0; k++) {
        term = next(term, k);
        if (sum + term === sum) break;
        sum += term;
    }
    return sum;
}

// ------------------------------------------------------------------------------------------ the error function

// exp(x²) erfc(x) for x >= 2, by its continued fraction.
function erfcx_far(x) {
    if (x > 1e8) return 1 / (x * Math.sqrt(Math.PI));
    let tail = 0;
    for (let k = 80; k > 0; k--) tail = k / 2 / (x + tail);
    return 1 / ((x + tail) * Math.sqrt(Math.PI));
}

function erf(x) {
    if (Math.abs(x) > 6) return Math.sign(x);
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * series(x, (term, k) => term * 2 * x * x / (2 * k + 1));
}

function erfc(x) {
    return x < 2 ? 1 - erf(x) : Number.isNaN(x) ? x : Math.exp(-x * x) * erfcx_far(x);
}

function erfcx(x) {
    return x < 2 ? Math.exp(x * x) * erfc(x) : Number.isNaN(x) ? x : erfcx_far(x);
}

// The x with erfc(x) = q, by Halley's method.
function erfcinv(q) {
    if (!(q >= 0 && q <= 2)) return NaN;
    if (q === 0 || q === 2) return q === 0 ? Infinity : -Infinity;
    if (q > 1) return -erfcinv(2 - q);
    const t = Math.sqrt(-2 * Math.log(q / 2));
    let x = (t - (2.30753 + t * 0.27061) / (1 + t * (0.99229 + t * 0.04481))) * Math.SQRT1_2;
    for (let i = 0; i < 4; i++) {
        const step = (erfc(x) - q) * Math.sqrt(Math.PI) / 2 * Math.exp(x * x);
        x += step / (1 - x * step);
    }
    return x;
}

function erfinv(y) {
    if (!(Math.abs(y) < 0.5)) return y > 0 ? erfcinv(1 - y) : -erfcinv(1 + y);
    let x = y;
    for (let i = 0; i < 5; i++) {
        const step = (erf(x) - y) * Math.sqrt(Math.PI) / 2 * Math.exp(x * x);
        x -= step / (1 + x * step);
    }
    return x;
}

const ndtr = x => erfc(-x * Math.SQRT1_2) / 2;

function ndtri(p) {
    return p > 0.25 && p < 0.75 ? Math.SQRT2 * erfinv(2 * p - 1)
        : p <= 0.5 ? -Math.SQRT2 * erfcinv(2 * p) : Math.SQRT2 * erfcinv(2 * (1 - p));
}

function log_ndtr(x) {
    return x < -1 ? Math.log(erfcx(-x * Math.SQRT1_2) / 2) - x * x / 2 : Math.log1p(-erfc(x * Math.SQRT1_2) / 2);
}

// ------------------------------------------------------------------------------------------ the gamma function

function sin_pi(x) {
    const r = x - 2 * Math.round(x / 2);
    return Math.abs(r) <= 0.5 ? Math.sin(Math.PI * r) : Math.sign(r) * Math.sin(Math.PI * (1 - Math.abs(r)));
}

// log Γ(n + z) for small z and n = 1 or 2, where it is 0: a series keeps the digits.
function log_gamma_near(n, z) {
    let sum = (n - 1 - EULER) * z, power = -z;
    for (let k = 2; k < 60; k++) {
        power *= -z;
        sum += power / k * zeta(k, n);
    }
    return sum;
}

function lgamma(x) {
    if (!Number.isFinite(x)) return Number.isNaN(x) ? x : Infinity;
    if (x <= 0 && Number.isInteger(x)) return Infinity;
    if (x < 0.5) return Math.abs(x) < 0.3 ? log_gamma_near(1, x) - Math.log(Math.abs(x))
        : Math.log(Math.PI / Math.abs(sin_pi(x))) - lgamma(1 - x);
    if (Math.abs(x - 1) < 0.3) return log_gamma_near(1, x - 1);
    if (Math.abs(x - 2) < 0.3) return log_gamma_near(2, x - 2);
    let product = 1;
    while (x < 15) product *= x++;
    let tail = 0, power = x;
    BERNOULLI.forEach((b, i) => { tail += b / ((2 * i + 2) * (2 * i + 1) * power); power *= x * x; });
    return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + tail - Math.log(product);
}

function digamma(x) {
    if (x === 0) return is_negative(x) ? Infinity : -Infinity;
    if (x < 0) return Number.isInteger(x) || x === -Infinity ? NaN
        : digamma(1 - x) - Math.PI * sin_pi(x + 0.5) / sin_pi(x);
    if (x === Infinity) return x;
    let sum = 0;
    while (x < 15) sum -= 1 / x++;
    let power = x * x;
    sum += Math.log(x) - 0.5 / x;
    BERNOULLI.forEach((b, i) => { sum -= b / ((2 * i + 2) * power); power *= x * x; });
    return sum;
}

// The Hurwitz zeta function, by Euler and Maclaurin.
function zeta(s, q) {
    if (Number.isNaN(s) || Number.isNaN(q)) return NaN;
    if (s <= 1) return s === 1 ? Infinity : NaN;
    if (q <= 0 && Number.isInteger(q)) return Infinity;
    if (q <= 0 && !Number.isInteger(s)) return NaN;
    if (q === Infinity) return 0;
    let sum = 0;
    while (q < 15) sum += q++ ** -s;
    sum += q ** (1 - s) / (s - 1) + q ** -s / 2;
    let factor = s * q ** (-s - 1) / 2;
    BERNOULLI.forEach((b, i) => {
        sum += b * factor;
        factor *= (s + 2 * i + 1) * (s + 2 * i + 2) / (q * q * (2 * i + 3) * (2 * i + 4));
    });
    return sum;
}

function polygamma(x, n) {
    if (n === 0) return digamma(x);
    let factorial = 1;
    for (let k = 2; k <= n; k++) factorial *= k;
    return (n % 2 ? 1 : -1) * factorial * zeta(n + 1, x);
}

// The incomplete gamma functions: a series up to about a, a continued fraction beyond.
function igamma(a, x) {
    if (!(a >= 0 && x >= 0)) return NaN;
    if (a === 0) return x > 0 ? 1 : NaN;
    if (x === 0) return a === Infinity ? NaN : 0;
    if (x === Infinity) return a === Infinity ? NaN : 1;
    if (x > a + 1) return 1 - igammac(a, x);
    return Math.exp(a * Math.log(x) - x - lgamma(a)) * series(1 / a, (term, k) => term * x / (a + k));
}

function igammac(a, x) {
    if (!(a >= 0 && x >= 0)) return NaN;
    if (a === 0) return x > 0 ? 0 : NaN;
    if (x === Infinity) return a === Infinity ? NaN : 0;
    if (x <= a + 1) return 1 - igamma(a, x);
    let tail = 0;
    for (let k = 400; k > 0; k--) tail = k * (k - a) / (x + 2 * k + 1 - a - tail);
    return Math.exp(a * Math.log(x) - x - lgamma(a)) / (x + 1 - a - tail);
}

// ------------------------------------------------------------------------------------------ Bessel functions

// The terms of the asymptotic series of order n, until they are smallest: [Σ of those with even k, with odd k], each
// with signs by `sign`.
function asymptotic(n, x, sign) {
    let term = 1, sums = [0, 0];
    for (let k = 0; k < 60; k++) {
        sums[k % 2] += sign(k) * term;
        const next = term * (4 * n * n - (2 * k + 1) ** 2) / ((k + 1) * 8 * x);
        if (Math.abs(next) >= Math.abs(term)) break;
        term = next;
    }
    return sums;
}

// I_n(x) / exp(x) for x >= 0.
function scaled_i(n, x) {
    if (x > 30) {
        const [even, odd] = asymptotic(n, x, k => k % 2 ? -1 : 1);
        return (even + odd) / Math.sqrt(2 * Math.PI * x);
    }
    return Math.exp(-x) * series(n ? x / 2 : 1, (term, k) => term * x * x / 4 / (k * (k + n)));
}

const i0e = x => Math.abs(x) === Infinity ? 0 : scaled_i(0, Math.abs(x));
const i1e = x => Math.abs(x) === Infinity ? copysign(0, x) : x < 0 ? -scaled_i(1, -x) : scaled_i(1, x);
const grown = (y, x) => Math.exp(Math.abs(x) / 2) * y * Math.exp(Math.abs(x) / 2);
const i0 = x => Math.abs(x) === Infinity ? Infinity : grown(i0e(x), x);
const i1 = x => Math.abs(x) === Infinity ? x : grown(i1e(x), x);

// J_0, J_1, ... by recurrence downwards, for 0 <= x <= 30.
function all_j(x) {
    const j = [], last = 2 * Math.ceil((x + 45) / 2);
    let after = 0, here = 1e-300, sum = 0;
    for (let k = last; k >= 0; k--) {
        j[k] = here;
        if (k % 2 === 0) sum += k ? 2 * here : here;
        [after, here] = [here, x === 0 ? 0 : 2 * k / x * here - after];
        if (Math.abs(here) > 1e200) {
            for (let i = k; i <= last; i++) j[i] *= 1e-200;
            [after, here, sum] = [after * 1e-200, here * 1e-200, sum * 1e-200];
        }
    }
    return j.map(y => y / sum);
}

// [J_n(x), Y_n(x)] for x > 30 and n = 0 or 1.
function far_jy(n, x) {
    const [p, q] = asymptotic(n, x, k => k % 4 < 2 ? 1 : -1);
    const size = 1 / Math.sqrt(Math.PI * x), c = Math.cos(x), s = Math.sin(x);
    const [cosine, sine] = n ? [s - c, -s - c] : [c + s, s - c];
    return [size * (p * cosine - q * sine), size * (p * sine + q * cosine)];
}

function bessel_j(n, x) {
    if (Math.abs(x) < 1e-3) return n ? x / 2 * (1 - x * x / 8) : 1 - x * x / 4 * (1 - x * x / 16);
    const size = Math.abs(x);
    const j = size === Infinity ? 0 : size > 30 ? far_jy(n, size)[0] : all_j(size)[n];
    return n && x < 0 ? -j : j;
}

function bessel_y(n, x) {
    if (!(x > 0)) return x === 0 ? -Infinity : NaN;
    if (x > 30) return x === Infinity ? 0 : far_jy(n, x)[1];
    const j = x < 1e-3 ? [bessel_j(0, x), bessel_j(1, x), x * x / 8, x ** 3 / 48] : all_j(x);
    let sum = 0;
    for (let k = 1; 2 * k + n < j.length; k++) sum += (k % 2 ? -1 : 1) * (2 * k + n) / (k * (k + n)) * j[2 * k + n];
    const log = Math.log(x / 2) + EULER;
    return n ? 2 / Math.PI * ((log - 1) * j[1] - j[0] / x - sum) : 2 / Math.PI * (log * j[0] - sum);
}

const bessel_j0 = x => Number.isNaN(x) ? x : bessel_j(0, x);
const bessel_j1 = x => Number.isNaN(x) ? x : bessel_j(1, x);
const bessel_y0 = x => bessel_y(0, x);
const bessel_y1 = x => bessel_y(1, x);

// exp(x) K_n(x), of any order: its integral by the trapezoidal rule, which converges faster than any power.
function scaled_k(n, x) {
    if (!(x > 0)) return x === 0 ? Infinity : NaN;
    if (x === Infinity) return 0;
    const h = Math.min(0.1, 0.5 / Math.sqrt(x));
    let sum = 0.5;
    for (let t = h; ; t += h) {
        const half = Math.sinh(t / 2), term = Math.exp(-2 * x * half * half) * Math.cosh(n * t);
        sum += term;
        if (term < 1e-18 * sum && 2 * x * half * half > 2) return h * sum;
    }
}

const scaled_modified_bessel_k0 = x => scaled_k(0, x);
const scaled_modified_bessel_k1 = x => scaled_k(1, x);
const modified_bessel_k0 = x => Math.exp(-x) * scaled_k(0, x);
const modified_bessel_k1 = x => Math.exp(-x) * scaled_k(1, x);
const spherical_bessel_j0 = x => x === 0 ? 1 : Math.abs(x) === Infinity ? 0 : Math.sin(x) / x;

function spherical_bessel_j1(x) {
    if (Math.abs(x) === Infinity) return 0;
    return Math.abs(x) < 1 ? series(x / 3, (term, k) => term * -x * x / (2 * k * (2 * k + 3)))
        : Math.sin(x) / (x * x) - Math.cos(x) / x;
}

function sinc_slope(x) {
    const z = Math.PI * x;
    return -Math.PI * spherical_bessel_j1(z);
}

// [Ai(x), Ai'(x)] further on by a step, from the series of y'' = x y.
function airy_step(x, y, slope, step) {
    const a = [y, slope, x * y / 2];
    for (let k = 3; k < 40; k++) a[k] = (x * a[k - 2] + a[k - 3]) / (k * (k - 1));
    let value = 0, rise = 0;
    for (let k = a.length - 1; k >= 0; k--) {
        rise = rise * step + value;
        value = value * step + a[k];
    }
    return [value, rise];
}

function airy(x) {
    if (Number.isNaN(x)) return [x, x];
    if (x === Infinity || x > 104) return [0, 0];
    if (x > 2) {
        const z = 2 / 3 * x ** 1.5, fall = Math.exp(-z) / Math.PI;
        return [fall * Math.sqrt(x / 3) * scaled_k(1 / 3, z), -fall * x / Math.sqrt(3) * scaled_k(2 / 3, z)];
    }
    if (x < -15) return far_airy(-x);
    let [at, y, slope] = [0, 0.355028053887817239, -0.258819403792806798];
    while (at !== x) {
        const step = Math.max(-0.5, Math.min(0.5, x - at));
        [y, slope] = airy_step(at, y, slope, step);
        at = Math.abs(x - at) <= 0.5 ? x : at + step;
    }
    return [y, slope];
}

// The same at -x, far out.
function far_airy(x) {
    const z = 2 / 3 * x ** 1.5;
    let u = 1, sums = [0, 0], slopes = [0, 0];
    for (let k = 0; k < 40; k++) {
        const sign = k % 4 < 2 ? 1 : -1;
        sums[k % 2] += sign * u;
        slopes[k % 2] += sign * u * (k ? (6 * k + 1) / (1 - 6 * k) : 1);
        const next = u * (6 * k + 1) * (6 * k + 5) / (72 * (k + 1) * z);
        if (Math.abs(next) >= Math.abs(u)) break;
        u = next;
    }
    const c = Math.cos(z - Math.PI / 4), s = Math.sin(z - Math.PI / 4), size = 1 / Math.sqrt(Math.PI);
    return [size * x ** -0.25 * (c * sums[0] + s * sums[1]), size * x ** 0.25 * (s * slopes[0] - c * slopes[1])];
}

const airy_ai = x => airy(x)[0];
const airy_slope = x => airy(x)[1];
