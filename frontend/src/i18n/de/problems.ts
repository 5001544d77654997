import type { Words } from "../language";

const DOWNLOAD = "Lade den Ton selbst herunter und lege die Datei hier ab.";
const RELOAD = "Lade die Seite neu und versuche es noch einmal.";
const SEND_AGAIN = "Sende die Datei noch einmal.";

export const problems: Words["problems"] = {
  audio_missing: {
    message: "Der Ton dieser Aufnahme ist nie angekommen.",
    hint: "Hole den Link noch einmal oder sende die Datei noch einmal.",
  },
  bad_api_key: {
    message: "Dieser API-Schlüssel gilt nicht.",
    hint: "Vielleicht wurde er widerrufen: Mach einen neuen.",
  },
  bad_cursor: { message: "Diese Stelle der Liste gibt es nicht.", hint: RELOAD },
  bad_link: {
    message: "Mit diesem Link lässt sich keine Aufnahme holen.",
    hint: "Kopiere die Adresse von der Seite der Aufnahme selbst und füge sie ein.",
  },
  bad_message: { message: "Der Server versteht diese Nachricht nicht.", hint: RELOAD },
  bad_prompt: {
    message: "Mit diesem Suchwort kann das Modell nichts anfangen.",
    hint: "Beschreibe das Geräusch in ein paar Wörtern.",
  },
  bad_range: {
    message: "Anfang und Ende passen nicht zueinander oder nicht zur Aufnahme.",
    hint: "Das Ende muss nach dem Anfang kommen und in der Aufnahme liegen.",
  },
  bad_rule: {
    message: "Die Schwellen passen nicht zusammen.",
    hint: "Die Ausklang-Schwelle darf nicht über der Schwelle liegen.",
  },
  bad_upload_header: { message: "Der Server versteht diesen Teil der Datei nicht.", hint: SEND_AGAIN },
  bad_upload_type: { message: "Der Server versteht diesen Teil der Datei nicht.", hint: SEND_AGAIN },
  bad_verdict: {
    message: "Dieses Urteil passt nicht zur Fundstelle.",
    hint: "Lade die Seite neu und urteile noch einmal.",
  },
  busy: {
    message: "Mehr nimmt der Server gerade nicht an.",
    hint: "Versuche es in einer Minute noch einmal.",
  },
  cancelled: { message: "Das wurde abgebrochen.", hint: "Beginne neu, wenn du es doch willst." },
  cannot_cut: {
    message: "Aus dieser Aufnahme lässt sich kein Teil nehmen.",
    hint: "Hole sie ganz: Lass Anfang und Ende leer.",
  },
  conflict: {
    message: "Das geht mit dieser Aufnahme gerade nicht.",
    hint: "Lade die Seite neu und sieh nach, wie es um sie steht.",
  },
  damaged_media: {
    message: "Die Datei hat beschädigte Stellen; was nicht zu lesen war, fehlt.",
    hint: "Zeiten nach einer solchen Stelle können etwas abweichen. Vielleicht hilft eine frische Kopie der Datei.",
  },
  database_damaged: {
    message: "Die Datenbank des Servers ist beschädigt.",
    hint: "Der Betreiber kann eine Sicherung zurückspielen.",
  },
  decode_timeout: {
    message: "Das Lesen dieser Datei dauerte zu lange und wurde abgebrochen.",
    hint: "Wandle sie in WAV, FLAC oder MP3 um oder teile sie, und versuche es noch einmal.",
  },
  decoder_failed: {
    message: "Der Server konnte diese Datei nicht lesen.",
    hint: "Wandle sie in WAV, FLAC oder MP3 um. Hilft das nicht, muss der Betreiber sein ffmpeg prüfen.",
  },
  decoder_stalled: {
    message: "Das Lesen dieser Datei kam nicht voran und wurde abgebrochen.",
    hint: "Versuche es noch einmal. Bleibt es so, wandle sie in WAV, FLAC oder MP3 um.",
  },
  disk_full: {
    message: "Die Platte des Servers ist voll.",
    hint: "Was läuft, geht von selbst weiter, sobald Platz ist. Lösche Aufnahmen, die du nicht mehr brauchst.",
  },
  download_off: {
    message: "Dieser Server holt keine Modelle.",
    hint: "Der Betreiber kann es erlauben (SONOTAG_FLAM_DOWNLOAD) oder die Dateien selbst ablegen.",
  },
  empty_file: {
    message: "In dieser Datei ist kein Ton: Sie ist leer oder fast leer.",
    hint: "Prüfe, ob die Aufnahme ganz gespeichert wurde, oder wähle eine andere Datei.",
  },
  empty_stretch: {
    message: "Im gewählten Abschnitt ist kein Ton.",
    hint: "Sieh nach, wie lang die Aufnahme ist, und wähle Zeiten darin.",
  },
  field_too_large: { message: "Neben der Datei kam zu viel anderes mit.", hint: "Sende nur die Datei." },
  forbidden: { message: "Das darfst du hier nicht.", hint: "Frage den Betreiber des Servers." },
  frames_damaged: {
    message: "Gespeicherte Werte dieser Aufnahme sind beschädigt.",
    hint: "Analysiere sie neu.",
  },
  http_error: { message: "Der Server hat das abgelehnt.", hint: RELOAD },
  incomplete_upload: {
    message: "Das Senden brach vor dem Ende ab.",
    hint: "Prüfe die Verbindung und sende die Datei noch einmal.",
  },
  internal_error: {
    message: "Auf dem Server ist etwas schiefgegangen.",
    hint: "Versuche es noch einmal; der Grund steht im Protokoll des Servers.",
  },
  interrupted: {
    message: "Der Server wurde neu gestartet, während diese Aufnahme ankam.",
    hint: "Hole den Link noch einmal oder sende die Datei noch einmal.",
  },
  invalid_input: {
    message: "Damit kann der Server nichts anfangen.",
    hint: "Ändere die Eingabe und versuche es noch einmal.",
  },
  key_scope: { message: "Dieser API-Schlüssel darf das nicht.", hint: "Mach einen mit dem nötigen Recht." },
  link_age_restricted: { message: "Die Website zeigt das nur angemeldeten Erwachsenen.", hint: DOWNLOAD },
  link_empty_list: { message: "Diese Liste ist leer.", hint: "Füge den Link einer Aufnahme ein." },
  link_failed: {
    message: "Die Website hat diese Aufnahme nicht hergegeben.",
    hint: `Prüfe, ob sie in deinem Browser läuft. ${DOWNLOAD}`,
  },
  link_live: {
    message: "Das ist eine Live-Sendung, die noch läuft oder noch nicht begonnen hat.",
    hint: "Füge den Link noch einmal ein, wenn sie vorbei und ihre Aufnahme da ist.",
  },
  link_network: {
    message: "Die Verbindung zur Website brach unterwegs ab.",
    hint: "Versuche es in ein paar Minuten noch einmal. Bleibt es so, hat der Server vielleicht keinen Weg dorthin.",
  },
  link_preview_only: {
    message: "Die Website gibt diese Aufnahme nur als Vorschau oder mit Kopierschutz heraus.",
    hint: "Eine Vorschau wird nie analysiert, als wäre sie das Ganze. Hast du die Aufnahme, lege die Datei hier ab.",
  },
  link_private: {
    message: "Diese Aufnahme ist privat oder nur für Mitglieder.",
    hint: "Bitte ihren Besitzer um einen Link, den andere öffnen dürfen, oder um die Datei.",
  },
  link_rate_limited: {
    message: "Die Website hat zu viele Anfragen von diesem Server bekommen.",
    hint: "Versuche es später noch einmal. Eilt es, lade den Ton selbst herunter und lege die Datei hier ab.",
  },
  link_refused_address: {
    message: "Dieser Link führt zu einer Adresse, mit der sich der Server nicht verbindet.",
    hint: DOWNLOAD,
  },
  link_region_locked: {
    message: "Die Website zeigt diese Aufnahme dort nicht, wo der Server steht.",
    hint: DOWNLOAD,
  },
  link_removed: {
    message: "Unter dieser Adresse gibt es keine Aufnahme (mehr).",
    hint: "Prüfe den Link in deinem Browser.",
  },
  link_sign_in: {
    message: "Die Website will eine Anmeldung oder hält diesen Server für einen Roboter.",
    hint: `Servern in Rechenzentren geht das oft so. ${DOWNLOAD}`,
  },
  link_timeout: {
    message: "Das Holen dauerte länger, als dieser Server erlaubt.",
    hint: "Versuche es später noch einmal, oder lade den Ton selbst herunter und lege die Datei hier ab.",
  },
  link_too_large: {
    message: "Die Aufnahme ist größer, als dieser Server annimmt.",
    hint: "Nimm einen Teil davon, oder lade den Ton selbst herunter und lege die Datei hier ab.",
  },
  link_too_long: {
    message: "Die Aufnahme ist länger, als dieser Server annimmt.",
    hint: "Nimm einen Teil davon.",
  },
  malformed_upload: { message: "Der Server konnte nicht lesen, was gesendet wurde.", hint: SEND_AGAIN },
  memory_low: {
    message: "Der Server hat keinen Arbeitsspeicher mehr frei.",
    hint: "Versuche es in einer Weile noch einmal.",
  },
  method_not_allowed: { message: "Diese Adresse nimmt eine solche Anfrage nicht an.", hint: RELOAD },
  model_absent: {
    message: "Das Modell ist nicht auf diesem Server.",
    hint: "Wähle ein anderes, oder hole es, wo der Server das anbietet.",
  },
  model_busy: {
    message: "Das Modell ist schon da oder unterwegs.",
    hint: "Sieh bei den Modellen nach, wie weit es ist.",
  },
  model_changed: {
    message: "Diese Aufnahme hat ein anderes Modell gehört, als der Server jetzt hat.",
    hint: "Analysiere sie neu, um in ihr zu suchen.",
  },
  model_failed: {
    message: "Das Modell konnte nicht geladen werden.",
    hint: "Der Betreiber findet den Grund im Protokoll des Servers.",
  },
  model_loading: {
    message: "Das Modell ist noch nicht bereit.",
    hint: "Versuche es in ein paar Sekunden noch einmal.",
  },
  model_unavailable: { message: "Kein Modell ist bereit.", hint: "Versuche es gleich noch einmal." },
  no_audio_track: { message: "In dieser Datei ist keine Tonspur.", hint: "Wähle eine Datei mit Ton." },
  no_file: { message: "Es wurde keine Datei gesendet.", hint: "Wähle eine Aufnahme." },
  no_prompt: {
    message: "Dem Urteil fehlt das Suchwort.",
    hint: "Lade die Seite neu und urteile noch einmal.",
  },
  not_a_link: { message: "Das ist kein Link.", hint: "Füge eine Adresse ein, die mit https:// beginnt." },
  not_found: {
    message: "Das gibt es hier nicht oder nicht mehr.",
    hint: "Vielleicht wurde es gelöscht. Geh zurück zum Anfang.",
  },
  not_yours: {
    message: "Diese Aufnahme gehört jemand anderem.",
    hint: "Das kann nur der Browser, der sie gebracht hat.",
  },
  one_source_only: {
    message: "Eine Textspur für Audacity ist für eine einzige Quelle.",
    hint: "Exportiere die Quellen einzeln, oder nimm JSON oder CSV.",
  },
  origin_refused: {
    message: "Diese Anfrage kommt von der Seite einer anderen Website.",
    hint: "Der Betreiber kann jene erlauben (SONOTAG_ALLOWED_ORIGINS).",
  },
  original_damaged: {
    message: "Der gespeicherte Ton dieser Aufnahme war beschädigt und wurde beiseitegelegt.",
    hint: "Bringe die Aufnahme noch einmal.",
  },
  prompt_too_long: {
    message: "Ein Suchwort ist zu lang.",
    hint: "Beschreibe das Geräusch in ein paar Wörtern. Trenne mehrere Geräusche mit Strichpunkten.",
  },
  prompts_and_preset: {
    message: "Suchwörter und eine Liste zugleich gehen nicht.",
    hint: "Gib eins von beiden.",
  },
  range_not_satisfiable: { message: "Diesen Teil der Datei gibt es nicht.", hint: RELOAD },
  read_only_share: {
    message: "Dieser Link ist nur zum Ansehen und Anhören.",
    hint: "Frage den, der ihn geschickt hat, oder bringe die Aufnahme selbst.",
  },
  refused: {
    message: "Der Server hat die Verbindung abgelehnt.",
    hint: "Ändere die Suchwörter oder lade die Seite neu.",
  },
  request_stalled: {
    message: "Die Anfrage kam nicht rechtzeitig an.",
    hint: "Prüfe die Verbindung und versuche es noch einmal.",
  },
  share_not_found: {
    message: "Diesen Link hat die Aufnahme nicht.",
    hint: "Vielleicht wurde er schon zurückgezogen.",
  },
  shutting_down: { message: "Der Server startet neu.", hint: "Versuche es in einer Minute noch einmal." },
  sign_in_needed: { message: "Dieser Server will ein Passwort.", hint: "Melde dich auf seiner Seite an." },
  site_not_allowed: {
    message: "Von dieser Website holt der Server nichts.",
    hint: "Welche gehen, steht unter „Über diesen Server“. Sonst lade den Ton selbst herunter und lege die Datei hier ab.",
  },
  storage_failed: {
    message: "Der Server konnte etwas nicht speichern oder lesen.",
    hint: "Versuche es noch einmal. Bleibt es so, sage es dem Betreiber.",
  },
  terms_not_accepted: {
    message: "Die Lizenz des Modells wurde nicht angenommen.",
    hint: "Lies sie und nimm sie an, um das Modell zu holen.",
  },
  too_large: {
    message: "Das ist größer, als dieser Server annimmt.",
    hint: "Eine Datei wird als MP3 oder OGG viel kleiner; oder teile sie.",
  },
  too_long: {
    message: "Die Aufnahme ist länger, als dieser Server annimmt.",
    hint: "Teile sie und gib die Teile einzeln.",
  },
  too_many_bytes: {
    message: "Du hast in der letzten Stunde so viel gesendet, wie einer darf.",
    hint: "Versuche es später noch einmal.",
  },
  too_many_files: { message: "Es kam mehr als eine Datei auf einmal.", hint: "Sende die Aufnahmen einzeln." },
  too_many_jobs: {
    message: "Du hast in der letzten Stunde so viele Analysen begonnen, wie einer darf.",
    hint: "Versuche es später noch einmal.",
  },
  too_many_prompts: {
    message: "Das sind mehr Suchwörter, als der Server auf einmal nimmt.",
    hint: "Suche nach weniger Geräuschen auf einmal.",
  },
  too_many_requests: {
    message: "Von dir kamen in kurzer Zeit zu viele Anfragen.",
    hint: "Versuche es in einer Minute noch einmal.",
  },
  too_many_shares: {
    message: "Diese Aufnahme hat so viele Links, wie sie haben darf.",
    hint: "Ziehe einen zurück, den du nicht mehr brauchst.",
  },
  too_many_streams: {
    message: "Du verfolgst so viele Aufnahmen zugleich, wie einer darf.",
    hint: "Schließe Seiten, die du nicht mehr brauchst.",
  },
  too_many_tries: { message: "Von hier kamen zu viele falsche Versuche.", hint: "Warte ein paar Minuten." },
  too_many_verdicts: {
    message: "Diese Aufnahme hat so viele Urteile, wie sie haben darf.",
    hint: "Nimm einige davon zurück.",
  },
  truncated_media: {
    message: "Die Datei endet früher, als sie ankündigt.",
    hint: "Was da ist, wurde analysiert. Fehlt etwas, kopiere oder exportiere die Datei neu.",
  },
  tus_version: {
    message: "Seite und Server senden Dateien auf verschiedene Weise.",
    hint: "Lade die Seite neu und sende die Datei noch einmal.",
  },
  unknown_host: {
    message: "Auf diesen Namen hört der Server nicht.",
    hint: "Der Betreiber kann ihn hinzufügen (SONOTAG_ALLOWED_HOSTS).",
  },
  unknown_model: {
    message: "Dieses Modell gibt es hier nicht.",
    hint: "Wähle eins von denen, die der Server hat.",
  },
  unknown_preset: { message: "Diese Liste gibt es nicht.", hint: "Wähle eine andere." },
  unreadable_media: {
    message: "Diese Datei lässt sich nicht als Ton lesen.",
    hint: "Vielleicht ist sie beschädigt oder geschützt. Wandle sie in WAV, FLAC oder MP3 um und versuche es noch einmal.",
  },
  upload_aborted: {
    message: "Die Verbindung brach beim Senden ab.",
    hint: "Prüfe sie und versuche es noch einmal.",
  },
  upload_gone: {
    message: "Auf den Rest dieser Datei wartet der Server nicht mehr.",
    hint: "Sende sie noch einmal.",
  },
  upload_locked: {
    message: "Diese Datei wird gerade schon gesendet.",
    hint: "Versuche es gleich noch einmal.",
  },
  upload_not_found: {
    message: "Von dieser Datei weiß der Server nichts mehr.",
    hint: "Sende sie noch einmal.",
  },
  upload_stalled: {
    message: "Die Datei kam zu langsam an.",
    hint: "Prüfe die Verbindung und sende sie noch einmal.",
  },
  wrong_offset: {
    message: "Seite und Server zählen verschieden, wie viel schon gesendet ist.",
    hint: SEND_AGAIN,
  },
  wrong_password: { message: "Das ist nicht das Passwort.", hint: "Frage den Betreiber des Servers." },
  ytdlp_outdated: {
    message: "Die Website hat sich geändert, und das yt-dlp dieses Servers versteht sie nicht mehr.",
    hint: "Der Betreiber kann yt-dlp erneuern. Bis dahin lege die Datei hier ab.",
  },
};
