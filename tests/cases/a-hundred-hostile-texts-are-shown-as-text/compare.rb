# Reads a report with kramdown and our page of it: prints the cells in which they differ; given a folder, also
# where they differ from what its texts.yaml recorded.
require "kramdown"
require "cgi"
require "json"

def cells(html)
  html.scan(/<tr>(.*?)<\/tr>/m).map do |row|
    row[0].scan(/<t[hd][^>]*>(.*?)<\/t[hd]>/m).map { |c| CGI.unescapeHTML(c[0].gsub(/<[^>]*>/, "")).gsub(/\s+/, " ").strip }
  end
end

md = File.read("doc.md").sub(/\A---\n.*?\n---\n/m, "")
plain = { hellip: "...", mdash: "---", ndash: "--", laquo: "<<", raquo: ">>", laquo_space: "<< ", raquo_space: " >>" }
kramdown = cells(Kramdown::Document.new(md, typographic_symbols: plain, smart_quotes: %w[apos apos quot quot]).to_html)
page = cells(File.read("doc.html"))
puts "kramdown has #{kramdown.size} rows, the page #{page.size}" if kramdown.size != page.size
page.zip(kramdown).each { |a, b| puts "page     #{a.inspect}\nkramdown #{b.inspect}" if a != b }
exit unless ARGV[0]
recorded = File.readlines("#{ARGV[0]}/texts.yaml").grep(/at:/).map { |l| JSON.parse(l[/text: (.*) \}/, 1]) }
# What may differ: the full stop that ends a row, its first letter, direction characters, runs of blanks.
same = ->(s) { s.gsub(/[\u202a-\u202e\u2066-\u2069]/, "").gsub(/\s+/, " ").strip.delete("`").sub(/\.\z/, "").strip.downcase }
recorded.zip(page).each do |text, row|
  puts "recorded #{text.inspect}\nshown    #{row && row[1].inspect}" unless row && same.(row[1]) == same.(text)
end
