import { execa } from 'execa';
import type { LocatedImplementation } from './manifest.ts';

/** What a build tool is started with. */
export interface BuildEnvironment {
  readonly env: Readonly<Record<string, string>>;
  /** What of the user's environment is in it, without names of places: part of the build's key. */
  readonly letThrough: Readonly<Record<string, string>>;
  /** Set by the user, known to change builds, and not in it. */
  readonly ignored: readonly string[];
}

/** One kind of build tools: what of the user's environment it needs, and what it must not see. */
interface BuildTools {
  /** Words of a build command by which it is known. */
  readonly programs: readonly string[];
  /** How it reaches packages, and who it is there: whole names, or beginnings that end with `*`. */
  readonly reaches: readonly string[];
  /** Folders of its own: let through, and no part of a key. */
  readonly places: readonly string[];
  /** Set whatever the user has. */
  readonly fixed: Readonly<Record<string, string>>;
  /** Variables that change what it makes: worth a word when they are set and ignored. */
  readonly changes: readonly string[];
  /** Commands whose output says what else decides the build. */
  readonly facts: readonly (readonly string[])[];
}

const anyTool: Omit<BuildTools, 'programs'> = {
  reaches: [
    ...['http_proxy', 'https_proxy', 'no_proxy', 'all_proxy', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
    // Without them some machines' compilers and interpreters do not start.
    ...['LD_LIBRARY_PATH', 'SDKROOT', 'DEVELOPER_DIR'],
  ],
  // Version managers' shims on PATH look there.
  places: ['PATH', 'HOME', 'USER', 'LOGNAME', 'TMPDIR', 'XDG_*', 'ASDF_*', 'MISE_*'],
  fixed: { LANG: 'C.UTF-8' },
  changes: [],
  facts: [],
};

/** A toolchain more is an entry more. */
const toolsByName = {
  go: {
    programs: ['go'],
    reaches: ['GOPROXY', 'GOPRIVATE', 'GONOPROXY', 'GONOSUMDB', 'GOSUMDB', 'GOINSECURE', 'GOAUTH', 'GOVCS'],
    places: ['GOCACHE', 'GOMODCACHE', 'GOPATH'],
    // `go env -w` writes to a file that counts like the environment; how modules are reached is read from it all the same.
    fixed: { GOENV: 'off' },
    changes: [
      ...[
        'GOFLAGS',
        'GOOS',
        'GOARCH',
        'GOAMD64',
        'GOARM64',
        'GOEXPERIMENT',
        'GOTOOLCHAIN',
        'GOWORK',
        'GODEBUG',
        'GOROOT',
      ],
      ...['GO111MODULE', 'CGO_*', 'CC', 'CXX'],
    ],
    facts: [
      [
        'go',
        'env',
        'GOVERSION',
        'GOOS',
        'GOARCH',
        'GOAMD64',
        'GOARM64',
        'GOEXPERIMENT',
        'GOFLAGS',
        'CGO_ENABLED',
        'CC',
      ],
      // Without a C compiler the same sources become another program.
      ['cc', '--version'],
    ],
  },
  python: {
    programs: ['{python}', 'python', 'python3', 'pip', 'uv'],
    reaches: [
      ...['PIP_INDEX_URL', 'PIP_EXTRA_INDEX_URL', 'PIP_TRUSTED_HOST', 'PIP_CERT', 'PIP_CLIENT_CERT', 'PIP_PROXY'],
      ...['PIP_FIND_LINKS', 'PIP_NO_INDEX', 'UV_INDEX*', 'UV_DEFAULT_INDEX', 'UV_EXTRA_INDEX_URL', 'UV_FIND_LINKS'],
      ...['UV_NATIVE_TLS', 'UV_OFFLINE', 'PYENV_VERSION'],
    ],
    places: ['PIP_CACHE_DIR', 'PIP_CONFIG_FILE', 'UV_CACHE_DIR', 'PYENV_ROOT'],
    fixed: { PIP_DISABLE_PIP_VERSION_CHECK: '1', PYTHONNOUSERSITE: '1' },
    changes: ['PYTHON*', 'PIP_*', 'UV_*', 'VIRTUAL_ENV', 'CC', 'CFLAGS'],
    facts: [
      // With the compiler and the day that the interpreter was built; an environment holds links to its very path.
      ['{python}', '-c', 'import sys; print(sys.executable, sys.version)'],
      ['{python}', '-m', 'pip', 'config', 'list'],
      ['uv', '--version'],
    ],
  },
  node: {
    programs: ['{node}', 'node'],
    reaches: ['NODE_EXTRA_CA_CERTS'],
    places: [],
    fixed: {},
    changes: ['NODE_OPTIONS', 'NODE_ENV', 'NODE_COMPILE_CACHE_PORTABLE', 'NODE_DISABLE_COMPILE_CACHE'],
    facts: [],
  },
  bun: {
    programs: ['{bun}', 'bun'],
    reaches: ['NODE_EXTRA_CA_CERTS'],
    places: [],
    fixed: {},
    changes: ['BUN_*', 'NODE_OPTIONS', 'NODE_ENV'],
    facts: [],
  },
  deno: {
    programs: ['{deno}', 'deno'],
    reaches: ['DENO_CERT', 'DENO_TLS_CA_STORE', 'NPM_CONFIG_REGISTRY', 'NODE_EXTRA_CA_CERTS'],
    places: [],
    fixed: { DENO_NO_UPDATE_CHECK: '1' },
    changes: ['DENO_*', 'NODE_OPTIONS', 'NODE_ENV'],
    facts: [],
  },
  npm: {
    programs: ['npm', 'npx'],
    reaches: [
      ...['npm_config_registry', 'npm_config_userconfig', 'npm_config_cafile', 'npm_config_strict_ssl', 'NPM_TOKEN'],
      ...['npm_config_proxy', 'npm_config_https_proxy', 'npm_config_noproxy', 'NODE_AUTH_TOKEN', 'NODE_EXTRA_CA_CERTS'],
    ],
    places: ['npm_config_cache'],
    fixed: {},
    changes: ['NODE_OPTIONS', 'NODE_ENV'],
    facts: [['npm', '--version']],
  },
  cargo: {
    programs: ['{cargo}', 'cargo', 'rustc'],
    reaches: ['CARGO_REGISTRIES_*', 'CARGO_REGISTRY_*', 'CARGO_NET_*', 'CARGO_HTTP_*', 'RUSTUP_TOOLCHAIN'],
    places: ['CARGO_HOME', 'RUSTUP_HOME'],
    fixed: { CARGO_TERM_COLOR: 'never' },
    changes: ['CARGO_*', 'RUST*', 'CC', 'CFLAGS'],
    facts: [
      ['rustc', '-vV'],
      ['cargo', '-V'],
      ['cc', '--version'],
    ],
  },
  java: {
    programs: ['{java}', '{javac}', 'java', 'javac', 'jar', 'mvn', 'gradle'],
    reaches: ['JAVA_HOME'],
    places: ['GRADLE_USER_HOME'],
    fixed: {},
    changes: ['JAVA_TOOL_OPTIONS', '_JAVA_OPTIONS', 'JDK_JAVA_OPTIONS', 'MAVEN_*', 'GRADLE_*', 'CLASSPATH'],
    facts: [['{javac}', '-version']],
  },
} as const satisfies Readonly<Record<string, BuildTools>>;

type BuildToolsName = keyof typeof toolsByName;
const toolNames = Object.keys(toolsByName) as BuildToolsName[];

/** Kinds of tools that an implementation's build commands name, also within the text of a shell's. */
function buildToolsOf({ implementation }: LocatedImplementation): readonly BuildToolsName[] {
  const words = new Set(implementation.build.flat().flatMap((word) => word.split(/[\s;&|()'"]+/)));
  return toolNames.filter((name) => toolsByName[name].programs.some((program) => words.has(program)));
}

/** The declared environment of these tools, filled from the user's; no names: of all there are. */
export function buildEnvironment(
  user: NodeJS.ProcessEnv,
  names: readonly BuildToolsName[] = toolNames,
): BuildEnvironment {
  const tools = [anyTool, ...names.map((name) => toolsByName[name])];
  const matching = (patterns: readonly string[]) =>
    Object.entries(user).filter((entry): entry is [string, string] => !!entry[1] && isNamed(entry[0], patterns));
  const places = matching(tools.flatMap((one) => one.places));
  const reaching = matching(tools.flatMap((one) => one.reaches));
  const fixed = Object.assign({}, ...tools.map((one) => one.fixed)) as Record<string, string>;
  const known = new Set([...places, ...reaching].map(([name]) => name));
  const changing = matching(tools.flatMap((one) => one.changes)).map(([name]) => name);
  return {
    env: { ...Object.fromEntries([...places, ...reaching]), ...fixed },
    letThrough: Object.fromEntries(reaching),
    ignored: changing.filter((name) => !known.has(name)).sort(),
  };
}

/** npm and curl read either case; a pattern may end with `*`. */
function isNamed(name: string, patterns: readonly string[]): boolean {
  const lower = name.toLowerCase();
  return patterns.some((pattern) => {
    const wanted = pattern.toLowerCase();
    return wanted.endsWith('*') ? lower.startsWith(wanted.slice(0, -1)) : lower === wanted;
  });
}

/** The same with what `go env -w` says of reaching modules. */
export async function buildEnvironmentOf(
  located: LocatedImplementation,
  user: NodeJS.ProcessEnv,
): Promise<BuildEnvironment> {
  const names = buildToolsOf(located);
  // What a build of our own making calls is not known: it gets what any of them would.
  const declared = buildEnvironment(user, names.length === 0 ? toolNames : names);
  if (!names.includes('go')) return declared;
  const written = await goSettings(user, declared);
  return { ...declared, env: { ...declared.env, ...written }, letThrough: { ...declared.letThrough, ...written } };
}

/** How modules are reached, where the user's file says otherwise than go itself. */
async function goSettings(user: NodeJS.ProcessEnv, { env }: BuildEnvironment): Promise<Record<string, string>> {
  const { reaches } = toolsByName.go;
  const ask = async (GOENV: string | undefined) => {
    const asked = { ...env, ...(GOENV === undefined ? { GOENV: '' } : { GOENV }) };
    const { stdout, failed } = await run(['go', 'env', ...reaches], { env: asked, cwd: '/' });
    return failed ? [] : stdout.split('\n');
  };
  const [own, usual] = await Promise.all([ask(user.GOENV), ask('off')]);
  return Object.fromEntries(
    reaches.flatMap((name, index) => (own[index] && own[index] !== usual[index] ? [[name, own[index]]] : [])),
  );
}

/** What else decides a build: versions and settings as the tools report them, by command. */
export async function buildFacts(
  located: LocatedImplementation,
  placeholders: Readonly<Record<string, string | undefined>>,
  { env }: BuildEnvironment,
): Promise<Readonly<Record<string, string>>> {
  const commands = buildToolsOf(located).flatMap((name): readonly (readonly string[])[] => toolsByName[name].facts);
  const asked = commands.map(async (command) => {
    const expanded = command.map((word) => placeholders[word.replace(/^\{(.*)\}$/, '$1')] ?? word);
    return [command.join(' '), (await run(expanded, { env, cwd: located.dir })).stdout] as const;
  });
  return Object.fromEntries(await Promise.all(asked));
}

interface Asked {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** A program that is not there has an empty answer. */
async function run([program = '', ...rest]: readonly string[], { env, cwd }: Asked) {
  const options = { cwd, env, extendEnv: false, reject: false, stdin: 'ignore', timeout: 20_000 } as const;
  const { stdout, failed } = await execa(program, rest, options);
  return { stdout: stdout ?? '', failed };
}

/** For people: "GOPROXY=https://proxy.example"; what may be a password is left out. */
export function environmentText({ letThrough, ignored }: BuildEnvironment): string | null {
  const used = Object.entries(letThrough).map(([name, value]) => `${name}=${withoutSecret(name, value)}`);
  const parts = [
    used.length === 0 ? '' : `builds with ${used.join(', ')}`,
    ignored.length === 0 ? '' : `builds without your ${ignored.join(', ')}`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? null : parts.join('; ');
}

function withoutSecret(name: string, value: string): string {
  if (/token|auth|password|secret/i.test(name)) return '…';
  return value.replaceAll(/\/\/[^/@\s]*@/g, '//…@');
}
