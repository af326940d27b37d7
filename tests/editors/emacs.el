;;; Drives a real Emacs with Eglot through the commands of lockstep.el.  -*- lexical-binding: t; -*-
;;
;;   LOCKSTEP_BIN=target/debug/lockstep LOCKSTEP_WORKSPACE=<copy of tests/editors/workspace> \
;;     emacs -q --batch -f package-initialize -l tests/editors/emacs.el
;;
;; One line per check, `ok - ...` or `not ok - ...`; the exit code is 1 if any failed.

(setq project-vc-extra-root-markers '("lockstep.toml")
      eglot-confirm-server-edits nil
      eglot-sync-connect 20
      eglot-autoshutdown nil
      create-lockfiles nil)
(require 'eglot)
(require 'project)
(load (expand-file-name "../../editors/emacs/lockstep.el" (file-name-directory load-file-name)))

(defconst workspace (file-name-as-directory (file-truename (getenv "LOCKSTEP_WORKSPACE"))))
(setq project-find-functions (list (lambda (_) (cons 'transient workspace))))
(define-derived-mode lockstep-test-mode text-mode "Markdown")
(add-to-list 'eglot-server-programs
             `(((lockstep-test-mode :language-id "markdown") (js-json-mode :language-id "json"))
               . (,(getenv "LOCKSTEP_BIN") "lsp" "--in-process")))

;; Eglot asks before it edits what is not visited.
(fset 'y-or-n-p #'always)

(defvar failed 0)
(defmacro check (name &rest body)
  (declare (indent 1))
  `(condition-case failure
       (progn ,@body (princ (format "ok - %s\n" ,name)))
     (error (setq failed (1+ failed))
            (princ (format "not ok - %s\n  # %S\n" ,name failure)))))

(defun text-of (path)
  (with-current-buffer (find-file-noselect (concat workspace path))
    (buffer-substring-no-properties (point-min) (point-max))))

(defun wait-for (what holds)
  (with-timeout (20 (error "waited in vain for %s" what))
    (while (not (funcall holds))
      ;; What Emacs does when it is idle, which it never is in batch mode.
      (dolist (buffer (buffer-list))
        (with-current-buffer buffer
          (when (bound-and-true-p eglot--managed-mode) (eglot--signal-textDocument/didChange))))
      (accept-process-output nil 0.05))))

(defun says (path words)
  (wait-for (format "%s in %s" words path)
            (lambda () (string-match-p (regexp-quote words) (text-of path)))))

(defun choosing (words)
  (lambda (_ table &rest _)
    (or (seq-find (lambda (it) (string-match-p (regexp-quote words) it)) table)
        (error "%s is not offered among %S" words table))))

(find-file (concat workspace "specs/TODO.md"))
(lockstep-test-mode)
(apply #'eglot--connect (eglot--guess-contact))

(check "a status is chosen among those that are allowed, and stands in all files"
  (goto-char (point-min))
  (search-forward "7. Add")
  (cl-letf (((symbol-function 'completing-read) (choosing "implementing")))
    (call-interactively #'lockstep-set-status))
  (says "specs/TODO.md" "- **Status**: [IMPLEMENTING]")
  (says "specs/state.json" "\"status\": \"implementing\"")
  (says "specs/007_login/plans/implementation-001.md" "[IN PROGRESS]"))

(check "toggling moves a task on"
  (with-current-buffer (get-file-buffer (concat workspace "specs/TODO.md"))
    (goto-char (point-min))
    (search-forward "8. Write")
    (lockstep-toggle))
  (wait-for "task 8 under way"
            (lambda () (string-match-p "8. Write docs\\(.\\|\n\\)*\\[IMPLEMENTING\\]"
                                       (text-of "specs/TODO.md")))))

(check "toggling a region ticks its boxes in one edit"
  (with-current-buffer (find-file-noselect
                        (concat workspace "specs/007_login/plans/implementation-001.md"))
    (lockstep-test-mode)
    (eglot--maybe-activate-editing-mode)
    (transient-mark-mode 1)
    (goto-char (point-min))
    (search-forward "- [ ]")
    (beginning-of-line)
    (set-mark (point))
    (forward-line 2)
    (activate-mark)
    (lockstep-toggle)
    (wait-for "two ticked boxes"
              (lambda () (= 2 (how-many "- \\[x\\]" (point-min) (point-max)))))))

(check "a task is chosen and gone to"
  (with-current-buffer (get-file-buffer (concat workspace "specs/TODO.md"))
    (goto-char (point-min))
    (cl-letf (((symbol-function 'completing-read) (choosing "8 [")))
      (lockstep-go-to-task))
    (unless (string-match-p "8. Write\\|Status" (with-current-buffer (window-buffer) (thing-at-point 'line)))
      (error "at %s" (thing-at-point 'line)))))

(check "where no task is, that is said"
  (with-current-buffer (get-file-buffer (concat workspace "specs/TODO.md"))
    (goto-char (point-min))
    (let ((said (condition-case failure (lockstep-toggle) (user-error (cadr failure)))))
      (unless (string-match-p "no task here" said) (error "%S" said)))))

(kill-emacs (if (zerop failed) 0 1))
