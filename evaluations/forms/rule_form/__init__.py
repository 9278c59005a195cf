"""A rule set as a form: fields named by their place in the document, such as `criteria[0].max`.

`shape` goes from the document to what a browser sends and back without loss; `edits` adds, removes and moves rows;
`labels` says in an office's words what each place is; `page` puts fields, refusals and warnings together.
"""
