import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { generated } from '../scripts/generate';

const root = path.resolve(import.meta.dirname, '..');

const sources = (folder: string): string[] =>
  existsSync(path.join(root, folder))
    ? readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.(?:ts|mjs)$/.test(name) && !name.includes('node_modules'))
        .map((name) => path.posix.join(folder, name.replaceAll('\\', '/')))
        .sort()
    : [];
