import * as License from '@cyclonedx/cyclonedx-library/Contrib/License';
import { LicenseAcknowledgement } from '@cyclonedx/cyclonedx-library/Enums';
import type * as Models from '@cyclonedx/cyclonedx-library/Models';
import parseExpression from 'spdx-expression-parse';
import type { LicenceFields } from './wheel-description.js';

/**
 * The licences of a distribution as CycloneDX has them: PEP 639's expression if there is one, else what the
 * classifiers say, else the field `License`. What is no SPDX identifier or expression is a licence by its name.
 */
export function licencesOf({ expression, classifiers, text }: LicenceFields): Models.License[] {
  const factory = new License.Factories.LicenseFactory(parseExpression);
  if (expression !== undefined) return [declared(factory.makeFromString(expression))];
  const known = classifiers.flatMap((classifier) => {
    const name = classifier.split(' :: ').at(-1) ?? '';
    return name === 'OSI Approved' ? [] : [SPDX_IDS[name] ?? name];
  });
  if (known.length > 0) return [...new Set(known)].sort().map((name) => declared(factory.makeDisjunctive(name)));
  // A whole text is folded into one line by then; its beginning says which it is.
  return text === undefined
    ? []
    : [declared(factory.makeFromString(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text))];
}

/** The longest name of a licence, in characters. */
const LONGEST = 100;

function declared<L extends Models.License>(licence: L): L {
  licence.acknowledgement = LicenseAcknowledgement.Declared;
  return licence;
}

/**
 * The SPDX identifiers of those classifiers that stand for one licence (PEP 639, appendix "Mapping license
 * identifiers"); others, such as `BSD License`, may mean several.
 */
const SPDX_IDS: Readonly<Record<string, string>> = {
  'Blue Oak Model License (BlueOak-1.0.0)': 'BlueOak-1.0.0',
  'Boost Software License 1.0 (BSL-1.0)': 'BSL-1.0',
  'CC0 1.0 Universal (CC0 1.0) Public Domain Dedication': 'CC0-1.0',
  'Eclipse Public License 1.0 (EPL-1.0)': 'EPL-1.0',
  'Eclipse Public License 2.0 (EPL-2.0)': 'EPL-2.0',
  'European Union Public Licence 1.1 (EUPL 1.1)': 'EUPL-1.1',
  'European Union Public Licence 1.2 (EUPL 1.2)': 'EUPL-1.2',
  'GNU Affero General Public License v3': 'AGPL-3.0-only',
  'GNU Affero General Public License v3 or later (AGPLv3+)': 'AGPL-3.0-or-later',
  'GNU General Public License v2 (GPLv2)': 'GPL-2.0-only',
  'GNU General Public License v2 or later (GPLv2+)': 'GPL-2.0-or-later',
  'GNU General Public License v3 (GPLv3)': 'GPL-3.0-only',
  'GNU General Public License v3 or later (GPLv3+)': 'GPL-3.0-or-later',
  'GNU Lesser General Public License v2 (LGPLv2)': 'LGPL-2.0-only',
  'GNU Lesser General Public License v2 or later (LGPLv2+)': 'LGPL-2.0-or-later',
  'GNU Lesser General Public License v3 (LGPLv3)': 'LGPL-3.0-only',
  'GNU Lesser General Public License v3 or later (LGPLv3+)': 'LGPL-3.0-or-later',
  'ISC License (ISCL)': 'ISC',
  'MIT License': 'MIT',
  'MIT No Attribution License (MIT-0)': 'MIT-0',
  'Mozilla Public License 1.0 (MPL)': 'MPL-1.0',
  'Mozilla Public License 1.1 (MPL 1.1)': 'MPL-1.1',
  'Mozilla Public License 2.0 (MPL 2.0)': 'MPL-2.0',
  'Mulan Permissive Software License v2 (MulanPSL-2.0)': 'MulanPSL-2.0',
  'The Unlicense (Unlicense)': 'Unlicense',
  'Universal Permissive License (UPL)': 'UPL-1.0',
  'University of Illinois/NCSA Open Source License': 'NCSA',
};
