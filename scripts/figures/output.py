"""Where the figures go: to standard output as they come, and into a file as a whole."""


class Output:
    def __init__(self, *paragraphs):
        self.paragraphs = []
        self.holds = True
        """Whether everything reached what it must."""
        self.write(*paragraphs)

    def write(self, *paragraphs):
        """Writes paragraphs of Markdown."""
        for paragraph in paragraphs:
            self.paragraphs.append(paragraph)
            print(paragraph + "\n", flush=True)

    def save(self, path):
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n\n".join(self.paragraphs) + "\n")
