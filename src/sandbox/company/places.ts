// Where Larkspur Logistics works: offices, departments and the titles in them.

export interface Place {
  city: string;
  state: string;
  country: string;
  countryCode: string;
  zip: string;
  street: string;
  timezone: string;
  locale: string;
  dial: string;
  lat: number;
  lon: number;
  /** First three bytes of the office's addresses. */
  net: string;
  isp: string;
  share: number;
}

export const places: readonly Place[] = [
  {
    city: 'Rotterdam',
    state: 'South Holland',
    country: 'Netherlands',
    countryCode: 'NL',
    zip: '3011',
    street: 'Wijnhaven 40',
    timezone: 'Europe/Amsterdam',
    locale: 'nl_NL',
    dial: '+31 6',
    lat: 51.9225,
    lon: 4.4792,
    net: '203.0.113',
    isp: 'larkspur logistics bv',
    share: 26,
  },
  {
    city: 'Leeds',
    state: 'West Yorkshire',
    country: 'United Kingdom',
    countryCode: 'GB',
    zip: 'LS1 4AP',
    street: '12 Whitehall Quay',
    timezone: 'Europe/London',
    locale: 'en_GB',
    dial: '+44 7700',
    lat: 53.8008,
    lon: -1.5491,
    net: '198.51.100',
    isp: 'aire valley broadband',
    share: 20,
  },
  {
    city: 'Memphis',
    state: 'Tennessee',
    country: 'United States',
    countryCode: 'US',
    zip: '38103',
    street: '88 Union Avenue',
    timezone: 'America/Chicago',
    locale: 'en_US',
    dial: '+1 901',
    lat: 35.1495,
    lon: -90.049,
    net: '192.0.2',
    isp: 'delta fiber',
    share: 20,
  },
  {
    city: 'Singapore',
    state: 'Singapore',
    country: 'Singapore',
    countryCode: 'SG',
    zip: '018989',
    street: '8 Marina View',
    timezone: 'Asia/Singapore',
    locale: 'en_SG',
    dial: '+65 8',
    lat: 1.2897,
    lon: 103.8501,
    net: '198.18.4',
    isp: 'straits telecom',
    share: 12,
  },
  {
    city: 'Gdansk',
    state: 'Pomerania',
    country: 'Poland',
    countryCode: 'PL',
    zip: '80-001',
    street: 'Dluga 7',
    timezone: 'Europe/Warsaw',
    locale: 'pl_PL',
    dial: '+48 5',
    lat: 54.352,
    lon: 18.6466,
    net: '198.18.8',
    isp: 'baltnet',
    share: 9,
  },
  {
    city: 'Santos',
    state: 'Sao Paulo',
    country: 'Brazil',
    countryCode: 'BR',
    zip: '11010',
    street: 'Rua do Comercio 55',
    timezone: 'America/Sao_Paulo',
    locale: 'pt_BR',
    dial: '+55 13',
    lat: -23.9608,
    lon: -46.3336,
    net: '198.18.16',
    isp: 'rede costa',
    share: 7,
  },
  {
    city: 'Durban',
    state: 'KwaZulu-Natal',
    country: 'South Africa',
    countryCode: 'ZA',
    zip: '4001',
    street: '21 Point Road',
    timezone: 'Africa/Johannesburg',
    locale: 'en_ZA',
    dial: '+27 31',
    lat: -29.8587,
    lon: 31.0218,
    net: '198.18.32',
    isp: 'indwe online',
    share: 6,
  },
];

export interface Department {
  name: string;
  division: string;
  costCenter: string;
  share: number;
  /** Head first, then the usual posts. */
  titles: readonly string[];
}

export const departments: readonly Department[] = [
  {
    name: 'Warehouse Operations',
    division: 'Operations',
    costCenter: '4100',
    share: 24,
    titles: [
      'VP Warehouse Operations',
      'Warehouse Associate',
      'Forklift Operator',
      'Shift Supervisor',
      'Inventory Analyst',
      'Dock Coordinator',
    ],
  },
  {
    name: 'Fleet',
    division: 'Operations',
    costCenter: '4200',
    share: 18,
    titles: ['VP Fleet', 'Driver', 'Route Planner', 'Fleet Technician', 'Dispatcher', 'Fleet Safety Officer'],
  },
  {
    name: 'Customer Service',
    division: 'Commercial',
    costCenter: '5200',
    share: 12,
    titles: [
      'Director Customer Service',
      'Customer Service Agent',
      'Claims Specialist',
      'Service Team Lead',
      'Customer Care Analyst',
    ],
  },
  {
    name: 'Sales',
    division: 'Commercial',
    costCenter: '5100',
    share: 11,
    titles: ['Chief Commercial Officer', 'Account Executive', 'Account Manager', 'Sales Engineer', 'Tender Manager'],
  },
  {
    name: 'Engineering',
    division: 'Technology',
    costCenter: '3100',
    share: 11,
    titles: [
      'VP Engineering',
      'Software Engineer',
      'Senior Software Engineer',
      'Site Reliability Engineer',
      'Data Engineer',
      'Engineering Manager',
    ],
  },
  {
    name: 'IT',
    division: 'Technology',
    costCenter: '3200',
    share: 5,
    titles: [
      'Chief Information Officer',
      'Systems Administrator',
      'Service Desk Analyst',
      'Network Engineer',
      'Endpoint Engineer',
    ],
  },
  {
    name: 'Finance',
    division: 'Corporate',
    costCenter: '2100',
    share: 6,
    titles: ['Chief Financial Officer', 'Accountant', 'Payroll Specialist', 'Financial Controller', 'Treasury Analyst'],
  },
  {
    name: 'Human Resources',
    division: 'Corporate',
    costCenter: '2200',
    share: 4,
    titles: ['Chief People Officer', 'HR Business Partner', 'Recruiter', 'Learning Specialist'],
  },
  {
    name: 'Customs & Compliance',
    division: 'Operations',
    costCenter: '4300',
    share: 4,
    titles: ['Director Customs & Compliance', 'Customs Broker', 'Trade Compliance Analyst', 'Dangerous Goods Adviser'],
  },
  {
    name: 'Marketing',
    division: 'Commercial',
    costCenter: '5300',
    share: 3,
    titles: ['Director Marketing', 'Content Strategist', 'Brand Designer', 'Events Manager'],
  },
  {
    name: 'Legal',
    division: 'Corporate',
    costCenter: '2300',
    share: 2,
    titles: ['General Counsel', 'Legal Counsel', 'Contracts Manager'],
  },
];

export const company = { name: 'Larkspur Logistics', domain: 'larkspur.example', subdomain: 'larkspur' } as const;
