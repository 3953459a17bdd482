/** The same where a folder is open. */
import './untitled.no-remote.test';
