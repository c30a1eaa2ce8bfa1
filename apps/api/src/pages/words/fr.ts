import type { Words } from './en.ts'

/** French: "vous", narrow spaces before double signs, and no "de", "à" or "le" that would melt into a value. */
export const fr: Words = {
  lang: 'fr',
  locale: 'fr-FR',

  link: {
    short: '{organisation} demande une connexion',
    title: '{organisation} demande à se connecter à votre locataire partenaire Microsoft',
    asked: '{person} en a fait la demande le {time}',
    doubt: 'Un doute ? Appelez à un numéro que vous avez déjà, pas à un numéro trouvé dans le message.',
    tenant: 'Votre locataire',
    microsoftId: 'ID Microsoft',
    reason: 'Motif de la demande',
    can: 'Ce qui sera possible',
    able: [
      ['Agir en votre nom dans l’Espace partenaires', 'Avec les droits qu’y a le compte que vous utilisez'],
      ['Lire vos rapports de facturation', 'Les factures de Microsoft à votre entreprise'],
      ['Rester connecté', 'Jusqu’à ce que vous ou Microsoft y mettiez fin'],
    ],
    cannot: 'Ce qui ne sera pas possible',
    unable: [
      ['Voir votre mot de passe', 'Vous le saisissez uniquement chez Microsoft'],
      ['Lire des e-mails ou des fichiers', 'Ni les vôtres ni ceux de vos clients'],
      ['Garder l’accès une fois que vous y avez mis fin', 'Vous pouvez le faire vous-même à tout moment'],
    ],
    accountTitle: 'Le compte qu’il vous faut',
    account:
      'Utilisez un compte qui est {privileged} dans Microsoft Entra et {agent} dans l’Espace partenaires, et qui se connecte avec une seconde étape (MFA). Un compte de service convient mieux que le vôtre.',
    privileged: 'Administrateur de rôle privilégié (Privileged Role Administrator)',
    agent: 'Agent d’administration (Admin Agent)',
    next: 'Ensuite, vous allez chez Microsoft',
    address:
      'Avant de saisir un mot de passe, vérifiez que l’adresse commence par {address}. Vous revenez ensuite ici et voyez le résultat.',
    go: 'Continuer vers Microsoft',
    decline: 'Je ne m’y attendais pas',
    until: 'Ce lien fonctionne une seule fois, jusqu’au {time}.',
    foot: 'Vous êtes sur {host}, un Consentry que {organisation} utilise.',
  },
  stuck: {
    title: 'Si Microsoft ne vous renvoie pas ici',
    says: [
      [
        '« Approbation administrateur requise » (Need admin approval)',
        'Un administrateur doit l’accorder : envoyez-lui ce lien, ou demandez-lui d’approuver la demande là-bas.',
      ],
      [
        '« Vous ne pouvez pas accéder à cette ressource à partir d’ici » (You can’t get there from here), ou un message sur l’appareil',
        'Une stratégie de votre entreprise bloque cet appareil : utilisez-en un que votre entreprise connaît.',
      ],
      [
        '« Le compte n’existe pas dans le locataire » (Account does not exist in tenant)',
        'Revenez en arrière et choisissez un autre compte, créé dans le locataire lui-même.',
      ],
      [
        '« Informations supplémentaires requises » (More information required)',
        'Terminez la configuration de la seconde étape, puis ouvrez de nouveau ce lien.',
      ],
      ['La page a été fermée', 'Ouvrez de nouveau ce lien dans ce navigateur. Rien n’est perdu.'],
    ],
  },
  end: {
    title: 'Comment mettre fin à l’accès plus tard',
    text: 'Dans le centre d’administration Entra, ouvrez Applications d’entreprise (Enterprise applications), choisissez Consentry, puis Propriétés, et choisissez Supprimer. Révoquez ensuite les sessions du compte utilisé.',
  },
  thanks: {
    title: 'Merci',
    text: 'Le lien ne fonctionne plus. {person} voit qu’il a pris fin.',
  },
  result: {
    checking: 'Vérification en cours : {tenant}',
    proven: 'Déjà prouvé : {n} sur {all}. Vous pouvez fermer cette page ; les vérifications continuent.',
    underway: 'Pas encore revenu de chez Microsoft',
    underwayText:
      '{tenant} n’est pas connecté : le passage chez Microsoft n’est pas terminé. Rien n’a été enregistré.',
    connected: '{tenant} est connecté',
    done: 'C’est fait. {tenant} est connecté.',
    close: 'Vous pouvez fermer cette page. {person} voit le résultat dans Consentry.',
    expected: 'Attendu',
    back: 'Revenir à {address}',
    otherAccount:
      'Ce locataire était connecté avec un autre compte. {person} décide avec lequel il fonctionne ; vous pouvez fermer cette page.',
    checked: 'Ce qui a été vérifié',
    passed: 'réussi',
    failed: 'échoué',
    running: 'en cours',
    notReached: 'pas atteint',
  },
  problem: {
    again: 'Recommencer',
    otherAccount: 'Réessayer avec un autre compte',
    sender:
      'Ce n’est pas la bonne entreprise, ou vous êtes bloqué ? Dites-le à la personne qui a envoyé le lien : {person}.',
    support: 'Pour le support Microsoft',
    code: 'Code',
    microsoft: {
      error: 'Réponse de Microsoft',
      suberror: 'Plus précisément',
      code: 'Code de Microsoft',
      message: 'Message',
      traceId: 'ID de trace (Trace ID)',
      correlationId: 'ID de corrélation (Correlation ID)',
      timestamp: 'Heure (UTC)',
      httpStatus: 'État HTTP',
      refreshTokenAgeMs: 'Âge de la connexion (ms)',
    },
  },
  unbuilt: {
    title: 'La console n’est pas construite',
    text: 'Exécutez {command} dans le dépôt et rechargez cette page. L’API fonctionne sans elle.',
  },
  rungs: {
    grant: {
      title: 'Microsoft a accepté la connexion',
      checking: 'Échange de la réponse de Microsoft',
      passed: 'Une nouvelle connexion a été reçue et scellée.',
      found: '',
    },
    account: {
      title: 'Le bon locataire, le bon compte',
      checking: 'Comparaison du locataire et du compte',
      passed: 'Un membre de ce locataire.',
      found: '{account}, membre de ce locataire.',
    },
    mfa: {
      title: 'Connexion avec une seconde étape',
      checking: 'Lecture de la façon dont le compte s’est connecté',
      passed: 'Microsoft confirme la MFA pour cette connexion.',
      found: '',
    },
    permissions: {
      title: 'Toutes les autorisations accordées',
      checking: 'Comparaison des autorisations',
      passed: 'Espace partenaires, rapports de facturation, rester connecté.',
      found: 'Espace partenaires, rester connecté.',
    },
    partner_center: {
      title: 'L’Espace partenaires répond',
      checking: 'Demande du profil de ce locataire',
      passed: 'A répondu pour ce locataire.',
      found: 'A répondu pour {company}.',
    },
    role: {
      title: 'Le compte peut agir comme Agent d’administration',
      checking: 'Essai d’un appel qui demande ce rôle',
      passed: 'Le rôle est là.',
      found: '',
    },
    graph: {
      title: 'Microsoft Graph répond',
      checking: 'Interrogation du service de données de Microsoft',
      passed: 'A répondu.',
      found: 'Ce cloud n’a pas de facturation partenaire dans Microsoft Graph ; rien n’y est nécessaire.',
    },
    billing: {
      title: 'Les données de facturation sont lisibles',
      checking: 'Demande de la facture la plus récente',
      passed: 'Pas encore de facture ; l’accès fonctionne.',
      found: 'Facture la plus récente : {invoice}, {month}.',
    },
  },
}
