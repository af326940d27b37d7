;;; lockstep.el --- Commands for the tasks of a repository  -*- lexical-binding: t; -*-

;; Package-Requires: ((emacs "28.1") (eglot "1.9"))

;;; Commentary:

;; Eglot shows findings, fixes, outlines and completions by itself.  What it has no key for stands here: a status
;; that is chosen among those that are allowed now, toggling, and tasks to choose from.  What a status is, only the
;; server knows.

;;; Code:

(require 'eglot)
(require 'seq)

(defun lockstep--request (method params)
  "The answer of this buffer's server to METHOD with PARAMS."
  ;; Eglot holds back what was just typed.
  (eglot--signal-textDocument/didChange)
  (let ((end nil))
    ;; What waits for an answer in `jsonrpc-request' leaves what came with it, such as an edit, until the
    ;; server says more.
    (jsonrpc-async-request
     (eglot--current-server-or-lose) method params
     :success-fn (lambda (answer) (setq end (list 'answer answer)))
     :error-fn (lambda (failure) (setq end (list 'failure failure)))
     :timeout-fn (lambda () (setq end (list 'late))))
    (while (not end) (accept-process-output nil 0.05))
    (pcase end
      (`(answer ,answer) answer)
      (`(failure ,failure)
       (signal 'jsonrpc-error
               (list "the server refused"
                     (cons 'jsonrpc-error-code (plist-get failure :code))
                     (cons 'jsonrpc-error-message (plist-get failure :message))
                     (cons 'jsonrpc-error-data (plist-get failure :data)))))
      (_ (user-error "Lockstep: the server does not answer")))))

(defun lockstep--here ()
  "The place of the cursor, as the server is told."
  (let ((at (eglot--TextDocumentPositionParams)))
    (list :uri (plist-get (plist-get at :textDocument) :uri)
          :position (plist-get at :position))))

(defun lockstep--execute (command argument)
  "Has the server run COMMAND with ARGUMENT; a reason that is missing is asked for."
  (condition-case failure
      (let* ((answer (lockstep--request
                      :workspace/executeCommand
                      (list :command command :arguments (vector argument))))
             (notes (plist-get answer :notes)))
        (unless (seq-empty-p notes)
          (message "Lockstep: %s" (string-join notes "; ")))
        answer)
    (jsonrpc-error
     (let* ((parts (cdddr failure))
            (data (alist-get 'jsonrpc-error-data parts))
            (words (alist-get 'jsonrpc-error-message parts)))
       (if (and (equal (plist-get data :code) "needs-reason")
                (not (plist-member argument :reason)))
           (lockstep--execute
            command (append argument (list :reason (read-string "Reason: "))))
         (user-error "Lockstep: %s" words))))))

(defun lockstep--choose (prompt items name)
  "Has the user choose among ITEMS by what NAME calls them, after PROMPT."
  (let ((table (mapcar (lambda (item) (cons (funcall name item) item)) items)))
    (unless table (user-error "Lockstep: nothing to choose here"))
    (cdr (assoc (completing-read prompt (mapcar #'car table) nil t) table))))

;;;###autoload
(defun lockstep-set-status (status)
  "Give the task, phase or box at point the STATUS, everywhere it stands.
Interactively, choose among those that are allowed now."
  (interactive
   (let* ((all (lockstep--request :lockstep/transitions (lockstep--here)))
          (allowed (seq-filter
                    (lambda (it) (and (eq (plist-get it :allowed) t)
                                      (not (eq (plist-get it :current) t))))
                    all)))
     (list (plist-get
            (lockstep--choose "Status: " allowed (lambda (it) (plist-get it :status)))
            :status))))
  (lockstep--execute "lockstep.setStatus" (append (lockstep--here) (list :status status))))

;;;###autoload
(defun lockstep-toggle ()
  "Move what is at point on in the circle open, active, done, everywhere it stands.
With an active region all that is named in its lines goes where the first of it goes."
  (interactive)
  (lockstep--execute
   "lockstep.toggle"
   (if (use-region-p)
       (list :uri (plist-get (lockstep--here) :uri)
             :range (list :start (eglot--pos-to-lsp-position (region-beginning))
                          :end (eglot--pos-to-lsp-position (max (region-beginning)
                                                                (1- (region-end))))))
     (lockstep--here))))

(defun lockstep--tasks (&optional wanted)
  "The tasks of the workspace for which WANTED holds."
  (let ((all (plist-get (lockstep--request :lockstep/tasks (make-hash-table)) :tasks)))
    (seq-filter (or wanted #'identity) all)))

(defun lockstep--visit (prompt tasks)
  "Has the user choose among TASKS after PROMPT, and goes to the one that is chosen."
  (let* ((task (lockstep--choose
                prompt tasks
                (lambda (it) (format "%s [%s] %s" (plist-get it :id)
                                     (or (plist-get it :status) "?") (plist-get it :title)))))
         (line (plist-get task :line)))
    (find-file (expand-file-name (plist-get task :path) (plist-get task :root)))
    (when line
      (goto-char (point-min))
      (forward-line (1- line)))))

;;;###autoload
(defun lockstep-go-to-task ()
  "Choose a task and go to it."
  (interactive)
  (lockstep--visit "Task: " (lockstep--tasks
                             (lambda (it) (not (eq (plist-get it :archived) t))))))

;;;###autoload
(defun lockstep-next ()
  "Choose among the tasks that wait for nothing and are not begun, and go to it."
  (interactive)
  (lockstep--visit "Next task: " (lockstep--tasks
                                  (lambda (it) (and (eq (plist-get it :ready) t)
                                                    (equal (plist-get it :category) "open"))))))

(provide 'lockstep)
;;; lockstep.el ends here
