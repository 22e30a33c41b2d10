// The names from which the invented people are put together, by the part of the world they come from.

export interface NamePool {
  given: readonly string[];
  family: readonly string[];
}

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

export const namePools: readonly NamePool[] = [
  {
    given: words(`Oliver Amelia Harriet George Beatrice Callum Imogen Rhys Niamh Declan Siobhan Fergus Isla Gareth Megan
      Theo Rosalind Dylan Tamsin Alistair`),
    family:
      words(`Ashworth Barlow Calloway Davenport Ellery Fairbairn Gallagher Hargreaves Ingram Jarvis Kinsella Lockhart
      MacLeod Nolan Ormond Pritchard Quinlan Redfern Sutherland Thackeray Underhill Vaughan Whitcombe Yardley Penrose Kirkbride`),
  },
  {
    given:
      words(`Maya Astrid Lars Ingrid Mikkel Freja Henrik Sigrid Oskar Linnea Johan Kaisa Aino Eetu Magnus Solveig Bjorn
      Tuva Elin Rasmus`),
    family: words(`Lindqvist Andersen Bergstrom Dahl Eriksen Falk Gustafsson Halvorsen Isaksson Jokinen Korhonen Lund
      Mikkelsen Nystrom Olofsson Pedersen Rantanen Sandberg Thorsen Virtanen Wikstrom Ostergaard Hedlund Kallio Nygaard Ekman`),
  },
  {
    given:
      words(`Helena Lukas Annika Matthias Greta Jonas Klara Felix Marieke Bram Sanne Ruben Anouk Elke Dieter Lotte Moritz
      Franziska Joost Liesbeth`),
    family: words(`Brandt Ackermann Becker deVries Eberhardt Fuchs Geiger Hofmann Jansen Keller Lehmann Meijer Neumann
      Oberholzer Pfeiffer Reinhardt Schreiber Tiemann Ullrich Vermeulen Wagner Zimmermann Bakker Dijkstra Visser Kuiper`),
  },
  {
    given:
      words(`Camille Lucia Mateo Giulia Rafael Ines Thiago Beatriz Antoine Elodie Marco Chiara Pablo Carmen Joao Mariana
      Valentina Diego Sofia Emilio`),
    family: words(`Almeida Bianchi Carvalho Delgado Esposito Fournier Garnier Herrera Ibarra Lacroix Marchetti Navarro
      Oliveira Pereira Quintero Rossi Santos Teixeira Urrutia Vasquez Zamora Moreau Conti Castellanos Figueroa Lefevre`),
  },
  {
    given:
      words(`Katarzyna Tomasz Milena Andrei Zofia Dmitri Petra Jakub Ivana Bogdan Oksana Stefan Ludmila Mirela Viktor
      Agnieszka Radu Jelena Marek Svetlana`),
    family:
      words(`Adamczyk Bartosz Cermak Dragomir Filipov Grabowski Horvath Ivanov Jankovic Kowalczyk Lazarenko Marinescu
      Novak Ondrasek Petrenko Radulescu Sokolov Tomasik Vasiliev Wojcik Zielinski Bondarenko Popescu Dvorak Szabo Kralova`),
  },
  {
    given:
      words(`Priya Arjun Ananya Rohan Kavita Vikram Meera Sanjay Nadia Imran Farah Tariq Ayesha Hassan Leila Omar Yasmin
      Karim Deepa Rahul`),
    family:
      words(`Raman Agarwal Banerjee Chaudhry Desai Farooqi Ghosh Hashemi Iyer Joshi Kapoor Malik Nair Patel Qureshi
      Rahman Sharma Tiwari Varma Siddiqui Haddad Mansour Khoury Rezaei Mukherjee Krishnan`),
  },
  {
    given:
      words(`Mei Hiroshi Yuki Jun Haruka Kenji Soo-jin Min-ho Xin Wei Ling Daichi Thanh Linh Anh Siti Budi Marisol Ramon
      Aiko`),
    family:
      words(`Tanaka Chen Fujimoto Hayashi Ito Kim Lim Matsuda Nakamura Nguyen Park Pham Santoso Sato Tran Wang Watanabe
      Wijaya Xu Yamamoto Zhang Zhou Reyes Villanueva Hidayat Seo`),
  },
  {
    given:
      words(`Tomas Amara Kwame Zanele Chidi Thandiwe Kofi Adaeze Sipho Wanjiru Olumide Nomsa Tendai Abeni Femi Makena
      Yaw Lerato Jabari Nia`),
    family:
      words(`Okafor Adeyemi Boateng Chukwu Dlamini Eze Fofana Gathoni Iheanacho Kamau Khumalo Langa Mensah Mutua Nkosi
      Ndlovu Obi Owusu Sithole Tembo Wambui Zulu Diallo Asante Moyo Achebe`),
  },
];
