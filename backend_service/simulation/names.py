"""Names that a Chilean city could have, for kitchens, people, streets and vehicles; no real person or business."""

from __future__ import annotations

import numpy as np

_KITCHEN_KINDS = (
    "Picada", "Cocinería", "Sanguchería", "Pizzería", "Parrilla", "Cevichería", "Empanadas", "Pollería", "Fuente",
    "Sushi", "Café", "Marisquería", "Cantina", "Panadería", "Wok", "Veggie",
)  # fmt: skip
_KITCHEN_NAMES = (
    "Doña Elvira", "El Faro Chico", "La Pampilla", "Los Arrayanes", "El Brillador", "Tía Nena", "Costa Norte",
    "El Molle", "La Portada", "Don Lucho", "Punta Tranquila", "Elqui", "La Herradura", "El Papayo", "Los Changos",
    "San Bartolo", "Guayacán", "La Caleta", "El Churqui", "Quebrada Honda", "Las Añañucas", "El Copao",
)  # fmt: skip
_FIRST_NAMES = (
    "Camila", "Matías", "Javiera", "Benjamín", "Fernanda", "Vicente", "Catalina", "Diego", "Antonia", "Joaquín",
    "Constanza", "Felipe", "Valentina", "Ignacio", "Daniela", "Tomás", "Francisca", "Rodrigo", "Paula", "Cristóbal",
    "Marcela", "Nicolás", "Rocío", "Sebastián", "Yasna", "Hernán", "Pía", "Gonzalo",
)  # fmt: skip
_SURNAMES = (
    "González", "Muñoz", "Rojas", "Díaz", "Pérez", "Soto", "Contreras", "Silva", "Martínez", "Sepúlveda", "Morales",
    "Rodríguez", "López", "Araya", "Fuentes", "Hernández", "Torres", "Espinoza", "Flores", "Castillo", "Valenzuela",
    "Ramírez", "Reyes", "Gutiérrez", "Castro", "Vargas", "Álvarez", "Vásquez", "Cortés", "Tapia", "Véliz", "Olivares",
)  # fmt: skip
_STREETS = (
    "Balmaceda", "Cordovez", "Colón", "Los Carrera", "Matta", "Cienfuegos", "Brasil", "Larraín Alcalde", "Gandarillas",
    "El Santo", "Cuatro Esquinas", "Guillermo Ulriksen", "Islón", "Alessandri", "Videla", "Aldunate", "Pinto",
    "Melgarejo", "Los Pescadores", "Regimiento Arica", "La Cantera", "Sindempart", "Linares", "Las Rojas",
)  # fmt: skip
_PLATE_LETTERS = "BCDFGHJKLPRSTVWXYZ"


def kitchen_names(throw: np.random.Generator, count: int) -> list[str]:
    """Return so many different names of kitchens; `count` is at most 352."""
    pairs = [f"{kind} {name}" for kind in _KITCHEN_KINDS for name in _KITCHEN_NAMES]
    return [pairs[number] for number in throw.permutation(len(pairs))[:count]]


def person_name(throw: np.random.Generator) -> str:
    """Return a first name and two surnames, as people have them there."""
    first, father, mother = throw.choice(_FIRST_NAMES), throw.choice(_SURNAMES), throw.choice(_SURNAMES)
    return f"{first} {father} {mother}"


def phone_number(throw: np.random.Generator) -> str:
    """Return a mobile number in a block that is given to nobody."""
    return f"+56 9 0000 {throw.integers(10_000):04d}"


def street_address(throw: np.random.Generator) -> str:
    """Return a street with a house number."""
    return f"{throw.choice(_STREETS)} {throw.integers(100, 3200)}"


def licence_number(throw: np.random.Generator) -> str:
    """Return a driving licence's number."""
    return f"{throw.integers(9, 23)}.{throw.integers(1000):03d}.{throw.integers(1000):03d}-{throw.integers(10)}"


def plate(throw: np.random.Generator, *, is_motorbike: bool) -> str:
    """Return a number plate: four letters and two digits on cars, three and two on motorbikes."""
    letters = "".join(throw.choice(list(_PLATE_LETTERS), 3 if is_motorbike else 4))
    return f"{letters}-{throw.integers(10, 100)}"
