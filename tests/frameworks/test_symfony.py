"""Symfony routes and Doctrine entities, by attributes and by annotations."""

from __future__ import annotations

import pytest

from agent.frameworks.php_outline import doc_notes
from tests.systems import edges, graph_of

ORDER = {
    "attributes": """<?php namespace App\\Entity; use Doctrine\\ORM\\Mapping as ORM; use App\\Repository\\OrderRepository;
        #[ORM\\Entity(repositoryClass: OrderRepository::class)]
        #[ORM\\Table(name: '`orders`')]
        class Order {
            #[ORM\\Id] #[ORM\\Column] private ?int $id = null;
            #[ORM\\ManyToOne(inversedBy: 'orders')] private ?Customer $customer = null;
            #[ORM\\ManyToMany(targetEntity: Tag::class)] private $tags;
            public function setStatus(string $s): static { return $this; }
        }""",
    "annotations": """<?php namespace App\\Entity; use Doctrine\\ORM\\Mapping as ORM;
        /**
         * @ORM\\Entity(repositoryClass="App\\Repository\\OrderRepository")
         * @ORM\\Table(name="orders")
         */
        class Order {
            /** @ORM\\Id @ORM\\Column(type="integer") */ private $id;
            /** @ORM\\ManyToOne(targetEntity="App\\Entity\\Customer", inversedBy="orders") */ private $customer;
            /** @ORM\\ManyToMany(targetEntity="Tag") */ private $tags;
            /** @return $this */ public function setStatus($s) { return $this; }
        }""",
}
REST = {
    "src/Entity/Customer.php": """<?php namespace App\\Entity; use Doctrine\\ORM\\Mapping as ORM;
        #[ORM\\Entity] class Customer { #[ORM\\OneToMany(mappedBy: 'customer', targetEntity: Order::class)] private $o; }""",
    "src/Entity/Tag.php": """<?php namespace App\\Entity; use Doctrine\\ORM\\Mapping as ORM;
        /** @ORM\\Entity */ class Tag {}""",
    "src/Repository/OrderRepository.php": """<?php namespace App\\Repository; use App\\Entity\\Order;
        use Doctrine\\Bundle\\DoctrineBundle\\Repository\\ServiceEntityRepository;
        class OrderRepository extends ServiceEntityRepository {
            function late() { return $this->createQueryBuilder('o')->getQuery()->getResult(); }
            function purge($em) { $em->createQuery('DELETE FROM App\\Entity\\Tag t')->execute(); } }""",
    "src/Controller/OrderController.php": """<?php namespace App\\Controller;
        use App\\Entity\\{Order, Customer}; use App\\Repository\\OrderRepository;
        use Symfony\\Component\\Routing\\Annotation\\Route; use Doctrine\\ORM\\EntityManagerInterface;
        #[Route('/orders', name: 'orders_')]
        class OrderController {
            #[Route('/{id<\\d+>}', methods: ['GET'])]
            public function show(int $id, OrderRepository $orders) { return $orders->find($id); }
            /** @Route("/new", methods={"GET", "POST"}) */
            public function create(EntityManagerInterface $em) {
                $order = (new Order())->setStatus('new'); $em->persist($order); $em->flush();
                $em->getRepository(Customer::class)->findAll();
            }
        }""",
}


@pytest.mark.parametrize("style", sorted(ORDER))
def test_routes_and_tables(style: str) -> None:
    graph = graph_of(REST | {"src/Entity/Order.php": ORDER[style]})
    controller = "src/Controller/OrderController.php#OrderController"
    assert edges(graph, "handle") == {
        ("route:GET /orders/{id}", f"{controller}.show"),
        ("route:GET /orders/new", f"{controller}.create"),
        ("route:POST /orders/new", f"{controller}.create"),
    }
    assert edges(graph, "declare") == {
        ("src/Entity/Order.php#Order", "table:orders"),
        ("src/Entity/Order.php", "table:orders_tag"),
        ("src/Entity/Customer.php#Customer", "table:customer"),
        ("src/Entity/Tag.php#Tag", "table:tag"),
    }
    assert ("table:orders", "table:customer") in edges(graph, "reference")
    assert edges(graph, "read") == {
        (f"{controller}.show", "table:orders"),
        (f"{controller}.create", "table:customer"),
        ("src/Repository/OrderRepository.php#OrderRepository.late", "table:orders"),
    }
    assert edges(graph, "write") == {
        (f"{controller}.create", "table:orders"),
        ("src/Repository/OrderRepository.php#OrderRepository.purge", "table:tag"),
    }


def test_annotations_are_read_in_bounded_work() -> None:
    doc = '/**\n * @Route("/a({x})", name="n", methods={"GET"})\n */'
    (note,) = doc_notes(doc, 10)
    assert (note.name, note.first("0"), note.all("methods")) == ("Route", "/a({x})", ("GET",))
    assert len(doc_notes("/** " + "@A(" * 100_000, 1)) <= 60
